;; Base and offset together far exceed 4 GiB: no wrapping may happen.
(module
  (memory 1 1)
  (func $store (param i32)
    (i64.store offset=0xffffffff (local.get 0) (i64.const 1)))
  (func (export "_start") (call $store (i32.const 0xffffffff))))
