;; What threads of a program do to each other and to the process.
(module
  (import "env" "memory" (memory 1 4 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (export "memory" (memory 0))

  ;; 0: a counter. 4: how many threads have ended. 8: nobody notifies here.
  ;; 16: an iovec of the text. 128: a subscription to one hour.
  (data (i32.const 16) "\20\00\00\00\05\00\00\00")
  (data (i32.const 32) "done\n")
  (data (i32.const 144) "\01")
  (data (i32.const 152) "\00\a0\b8\30\46\03\00\00")

  (global $id (mut i32) (i32.const 0))

  (func $count
    (local $i i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 10000))))
    (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))

  (func $fail unreachable)

  (func $wait_forever
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))

  (func $poll_for_an_hour
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1)
                      (i32.const 12))))

  (func (export "wasi_thread_start") (param $id i32) (param $task i32)
    ;; Every thread has globals of its own.
    (if (i32.ne (global.get $id) (i32.const 0)) (then unreachable))
    (global.set $id (local.get $id))
    (block $spin (block $poll (block $wait (block $exit (block $fail
      (block $count
        (br_table $count $fail $exit $wait $poll $spin (local.get $task)))
      (return (call $count)))
      (return (call $fail)))
      (call $exit (i32.const 7)))
      (return (call $wait_forever)))
      (return (call $poll_for_an_hour)))
    (loop $again (br $again)))

  (func $start (param $task i32)
    (if (i32.le_s (call $spawn (local.get $task)) (i32.const 0))
      (then unreachable)))

  ;; The sum of what eight threads have counted.
  (func (export "count") (result i32)
    (local $i i32)
    (local $ended i32)
    (loop $again
      (call $start (i32.const 0))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 8))))
    (loop $again
      (local.set $ended (i32.atomic.load (i32.const 4)))
      (if (i32.lt_u (local.get $ended) (i32.const 8))
        (then
          (drop (memory.atomic.wait32 (i32.const 4) (local.get $ended)
                                      (i64.const -1)))
          (br $again))))
    (i32.atomic.load (i32.const 0)))

  (func (export "trap_while_others_wait")
    (call $start (i32.const 3))
    (call $start (i32.const 4))
    (call $start (i32.const 5))
    (call $start (i32.const 1))
    (call $wait_forever))

  (func (export "exit_while_others_poll")
    (call $start (i32.const 3))
    (call $start (i32.const 5))
    (call $start (i32.const 2))
    (call $poll_for_an_hour))

  (func (export "_start")
    (call $start (i32.const 3))
    (call $start (i32.const 4))
    (call $start (i32.const 5))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1)
                       (i32.const 12)))))
