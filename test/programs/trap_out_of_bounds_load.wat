;; The last byte of a four-byte load lies outside.
(module
  (memory 1 1)
  (func $load (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "_start") (drop (call $load (i32.const 65533)))))
