;; The greeting of the documentation of Node's WASI.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (export "memory" (memory 0))
  (data (i32.const 8) "hello world\n")
  (func $main (export "_start")
    ;; An io vector: where the text is, and how long.
    (i32.store (i32.const 0) (i32.const 8))
    (i32.store (i32.const 4) (i32.const 12))
    (call $fd_write
      (i32.const 1)     ;; the standard output
      (i32.const 0)     ;; the vectors
      (i32.const 1)     ;; their count
      (i32.const 20))   ;; where the count of bytes goes
    drop))
