;; The last byte of a four-byte load lies outside. (What is loaded is used: a
;; load that nothing needs may be removed together with its trap.)
(module
  (memory 1 1)
  (global $loaded (export "loaded") (mut i32) (i32.const 0))
  (func $load (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "_start")
    (global.set $loaded (call $load (i32.const 65533)))))
