;; A call through an index past the end of the table.
(module
  (type $void (func))
  (table 4 funcref)
  (func $call (param i32) (call_indirect (type $void) (local.get 0)))
  (func (export "_start") (call $call (i32.const 4))))
