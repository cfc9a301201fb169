;; Reads and writes through file descriptors that wasi_bench.cc chooses.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek"
    (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 32)

  ;; One vector at 0: the buffer at 64 KiB, `size` long.
  (func $prepare (param $size i32)
    (i32.store (i32.const 0) (i32.const 0x10000))
    (i32.store (i32.const 4) (local.get $size)))

  ;; Each does `n` calls and returns the first errno that is not 0.
  (func (export "write") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1)
                            (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  ;; From the start of the file, every time.
  (func (export "read") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_seek (local.get $fd) (i64.const 0) (i32.const 0)
                           (i32.const 16)))
        (then (return (local.get $errno))))
      (if (local.tee $errno
            (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1)
                           (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "clock") (param $n i32) (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0)))
