;; A ring of shapes: one is replaced by a new one of another type, then some are
;; looked at. Old objects keep pointing to young ones.
(module
  (rec
    (type $shape (sub (struct (field $next (mut (ref null $shape)))
                              (field $previous (mut (ref null $shape))))))
    (type $square (sub final $shape (struct
      (field (mut (ref null $shape))) (field (mut (ref null $shape)))
      (field $side i32))))
    (type $rectangle (sub $shape (struct
      (field (mut (ref null $shape))) (field (mut (ref null $shape)))
      (field $width i32) (field $height i32))))
    (type $box (sub final $rectangle (struct
      (field (mut (ref null $shape))) (field (mut (ref null $shape)))
      (field i32) (field i32) (field $depth i64)))))
  (global $seed (mut i32) (i32.const 20261125))
  (func $random (result i32)
    (global.set $seed (i32.add (i32.const 1013904223)
      (i32.mul (global.get $seed) (i32.const 1664525))))
    (i32.shr_u (global.get $seed) (i32.const 8)))
  (func $make (param $kind i32) (result (ref $shape))
    (block $2 (block $1 (block $0
      (br_table $0 $1 $2 (i32.rem_u (local.get $kind) (i32.const 3))))
      (return (struct.new $square (ref.null $shape) (ref.null $shape)
        (i32.const 3))))
      (return (struct.new $rectangle (ref.null $shape) (ref.null $shape)
        (i32.const 2) (i32.const 5))))
    (struct.new $box (ref.null $shape) (ref.null $shape)
      (i32.const 2) (i32.const 3) (i64.const 4)))
  (func $area (param $shape (ref $shape)) (result i32)
    (local $rectangle (ref $rectangle))
    (block $other (result (ref $shape))
      (local.set $rectangle (br_on_cast_fail $other
        (ref $shape) (ref $rectangle) (local.get $shape)))
      (return (i32.mul (struct.get $rectangle $width (local.get $rectangle))
                       (struct.get $rectangle $height (local.get $rectangle)))))
    (struct.get $square $side (ref.cast (ref $square))))
  (func $link (param $a (ref $shape)) (param $b (ref $shape))
    (struct.set $shape $next (local.get $a) (local.get $b))
    (struct.set $shape $previous (local.get $b) (local.get $a)))
  (func $ring (param $size i32) (result (ref $shape))
    (local $first (ref $shape)) (local $last (ref $shape))
    (local $new (ref $shape))
    (local.set $first (call $make (i32.const 0)))
    (local.set $last (local.get $first))
    (loop $more
      (local.set $new (call $make (local.get $size)))
      (call $link (local.get $last) (local.get $new))
      (local.set $last (local.get $new))
      (br_if $more (local.tee $size (i32.sub (local.get $size) (i32.const 1)))))
    (call $link (local.get $last) (local.get $first))
    (local.get $first))
  ;; `size` times a thousand shapes, replaced ten times each on average.
  (func (export "run") (param $size i32) (result i64)
    (local $at (ref null $shape)) (local $new (ref $shape))
    (local $left i32) (local $steps i32) (local $sum i64)
    (local.set $size (i32.mul (local.get $size) (i32.const 1000)))
    (local.set $at (call $ring (local.get $size)))
    (local.set $left (i32.mul (local.get $size) (i32.const 10)))
    (loop $edit
      (local.set $steps (i32.rem_u (call $random) (i32.const 8)))
      (loop $walk
        (local.set $at (struct.get $shape $next (local.get $at)))
        (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u
          (call $area (ref.as_non_null (local.get $at))))))
        (br_if $walk (i32.ge_s (local.tee $steps
          (i32.sub (local.get $steps) (i32.const 1))) (i32.const 0))))
      (local.set $new (call $make (call $random)))
      (call $link
        (ref.as_non_null (struct.get $shape $previous (local.get $at)))
        (local.get $new))
      (call $link (local.get $new)
        (ref.as_non_null (struct.get $shape $next (local.get $at))))
      (local.set $at (local.get $new))
      (br_if $edit (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $sum))
)
