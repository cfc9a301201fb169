;; A NaN truncated to an integer.
(module
  (memory 1)
  (data (i32.const 0) "\00\00\c0\7f")
  (func $truncate (param f32) (result i64)
    (i64.trunc_f32_u (local.get 0)))
  (func (export "_start")
    (drop (call $truncate (f32.load (i32.const 0))))))
