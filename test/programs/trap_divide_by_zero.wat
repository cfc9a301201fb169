;; The divisor comes from memory so that nothing is decided before the run.
(module
  (memory 1)
  (func $divide (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "_start")
    (drop (call $divide (i32.const 7) (i32.load (i32.const 0))))))
