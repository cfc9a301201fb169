;; Writes to the standard output and to a new file. The functions return the
;; error's number.
(module
  (import "wasi_unstable" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open
      (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close"
    (func $fd_close (param i32) (result i32)))
  (memory 1)
  (export "memory" (memory 0))
  (data (i32.const 32) "Hooray it's WASI\n")
  (data (i32.const 64) "new.txt")
  (func $write (param $fd i32) (param $written i32) (result i32)
    (i32.store (i32.const 0) (i32.const 32))
    (i32.store (i32.const 4) (i32.const 17))
    (call $fd_write
      (local.get $fd) (i32.const 0) (i32.const 1) (local.get $written)))
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 20)))
    (drop (call $file)))
  (func $file (export "file") (result i32)
    (local $errno i32)
    (local.set $errno (call $path_open
      (i32.const 3) (i32.const 0)
      (i32.const 64) (i32.const 7)
      (i32.const 1)               ;; creat
      (i64.const 0x40) (i64.const 0) (i32.const 0) (i32.const 24)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (local.set $errno (call $write (i32.load (i32.const 24)) (i32.const 20)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (call $fd_close (i32.load (i32.const 24))))
  ;; Where the count of bytes goes is not aligned, or lies outside.
  (func (export "misaligned") (result i32)
    (call $write (i32.const 1) (i32.const 18)))
  (func (export "at_the_end") (result i32)
    (call $write (i32.const 1) (i32.const 65536)))
  ;; So is the vector itself.
  (func (export "misaligned_vector") (result i32)
    (call $fd_write (i32.const 1) (i32.const 2) (i32.const 1) (i32.const 20)))
  (func (export "vector_at_the_end") (result i32)
    (call $fd_write
      (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 20)))
  ;; And what it points to.
  (func (export "text_outside") (result i32)
    (i32.store (i32.const 0) (i32.const -1))
    (i32.store (i32.const 4) (i32.const 17))
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))
