;; A global that a loop changes lives in a register meanwhile, and a loop over
;; memory is vectorised although its index is 32 bits wide and may wrap.
(module
  (memory 1)
  (global $total (mut i32) (i32.const 0))
  (func (export "sum") (param $at i32) (param $count i32)
    (loop $next
      (global.set $total
        (i32.add (global.get $total) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next
        (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: load i32, ptr

;; CHECK-OPT-LABEL: @f0(
;; CHECK-OPT: load <4 x i32>
;; CHECK-OPT: add <4 x i32>
;; CHECK-OPT: store i32

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: paddd

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: add v{{[0-9]+}}.4s
