;; One exception thrown through a number of frames, and the same without one.
(module
  (tag $t (param i32))
  (func $down (param $depth i32) (param $value i32) (result i32)
    (if (i32.eqz (local.get $depth))
      (then
        (if (local.get $value) (then (throw $t (local.get $value))))
        (return (i32.const 1))))
    (i32.add
      (call $down (i32.sub (local.get $depth) (i32.const 1)) (local.get $value))
      (local.get $depth)))
  (func $try (param $depth i32) (param $value i32) (result i32)
    (try (result i32)
      (do (call $down (local.get $depth) (local.get $value)))
      (catch $t)))
  (func (export "run") (param $count i32) (param $depth i32) (param $value i32)
    (loop $again
      (drop (call $try (local.get $depth) (local.get $value)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count)))))
