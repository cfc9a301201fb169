(module
  (table 4 externref)
  (func $get (param i32) (result externref) (table.get 0 (local.get 0)))
  (func (export "_start") (drop (call $get (i32.const 4)))))
