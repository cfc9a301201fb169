;; A list of `size` thousand nodes that live, and ten times as much garbage.
(module
  (rec (type $node (struct (field $next (ref null $node)) (field i64) (field i32))))
  (func (export "run") (param $size i32) (result i64)
    (local $list (ref null $node)) (local $i i32) (local $sum i64)
    (local.set $size (i32.mul (local.get $size) (i32.const 1000)))
    (local.set $i (local.get $size))
    (loop $make
      (local.set $list (struct.new $node (local.get $list)
        (i64.extend_i32_u (local.get $i)) (local.get $i)))
      (br_if $make (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.set $i (i32.mul (local.get $size) (i32.const 10)))
    (loop $garbage
      (drop (call $lost (local.get $i)))
      (br_if $garbage (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (loop $sum
      (local.set $sum (i64.add (local.get $sum)
        (struct.get $node 1 (local.get $list))))
      (br_if $sum (i32.eqz (ref.is_null
        (local.tee $list (struct.get $node $next (local.get $list)))))))
    (local.get $sum))
  (func $lost (param $i i32) (result (ref $node))
    (struct.new $node (ref.null $node) (i64.const 1) (local.get $i))))
