(module
  (type $void (func))
  (table 1 funcref)
  (elem (i32.const 0) $other)
  (func $other (param i32) (result i32) (local.get 0))
  (func $call (param i32) (call_indirect (type $void) (local.get 0)))
  (func (export "_start") (call $call (i32.const 0))))
