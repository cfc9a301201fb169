;; A finite number too large for the integer it is truncated to.
(module
  (memory 1)
  (data (i32.const 0) "\00\00\00\00\00\00\e0\41")  ;; 2147483648.0
  (func $truncate (param f64) (result i32)
    (i32.trunc_f64_s (local.get 0)))
  (func (export "_start")
    (drop (call $truncate (f64.load (i32.const 0))))))
