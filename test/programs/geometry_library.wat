;; One half of a pair of modules: exports functions, a global, a table and a
;; memory to the other half.
(module
  (memory (export "memory") 1)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (type $binary (func (param i32 i32) (result i32)))
  (table (export "table") 2 funcref)
  (elem (i32.const 0) $area $perimeter)
  (func $count
    (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
  (func $area (export "area") (type $binary)
    (call $count)
    (i32.mul (local.get 0) (local.get 1)))
  (func $perimeter (export "perimeter") (type $binary)
    (call $count)
    (i32.mul (i32.add (local.get 0) (local.get 1)) (i32.const 2)))
  ;; Leaves what the other half reads back through the shared memory.
  (func (export "remember") (param i32 i32)
    (i32.store (local.get 0) (local.get 1))))
