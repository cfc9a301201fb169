;; The binary trees of the computer language benchmarks game.
(module
  (rec (type $tree (struct (field (ref null $tree)) (field (ref null $tree)))))
  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (local.get $depth)
      (then (struct.new $tree
        (call $make (i32.sub (local.get $depth) (i32.const 1)))
        (call $make (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new $tree (ref.null $tree) (ref.null $tree)))))
  (func $count (param $tree (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $tree))
      (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $tree 0 (local.get $tree)))
                 (call $count (struct.get $tree 1 (local.get $tree))))))))
  ;; Trees from depth 4 on, as many of each depth as make equal work.
  (func (export "run") (param $max i32) (result i64)
    (local $long (ref null $tree)) (local $depth i32) (local $left i32)
    (local $nodes i64)
    (local.set $long (call $make (local.get $max)))
    (local.set $depth (i32.const 4))
    (loop $depths
      (local.set $left (i32.shl (i32.const 1)
        (i32.add (i32.sub (local.get $max) (local.get $depth)) (i32.const 4))))
      (loop $trees
        (local.set $nodes (i64.add (local.get $nodes) (i64.extend_i32_u
          (call $count (call $make (local.get $depth))))))
        (br_if $trees (local.tee $left
          (i32.sub (local.get $left) (i32.const 1)))))
      (local.set $depth (i32.add (local.get $depth) (i32.const 4)))
      (br_if $depths (i32.le_u (local.get $depth) (local.get $max))))
    (i64.add (local.get $nodes)
      (i64.extend_i32_u (call $count (local.get $long)))))
)
