;; A memory of 1 MiB with some data, a table, globals and a start function
;; that touches four pages.
(module
  (memory (export "memory") 16)
  (data (i32.const 0) "some bytes at the beginning")
  (data (i32.const 65500) "some bytes across two pages, to be copied")
  (table 64 funcref)
  (elem (i32.const 8) $touch $get $touch $get)
  (global (mut i32) (i32.const 7))
  (global (mut i64) (i64.const 7))
  (func $touch
    (i32.store (i32.const 0x10000) (i32.const 1))
    (i32.store (i32.const 0x20000) (i32.const 1))
    (i32.store (i32.const 0x40000) (i32.const 1))
    (i32.store (i32.const 0x80000) (i32.const 1)))
  (func $get (export "get") (result i32) (i32.load (i32.const 0x10000)))
  (start $touch))
