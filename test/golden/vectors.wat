;; One verb serves all shapes; each becomes one machine instruction.
(module
  (memory 1)
  (func (export "add8") (param v128 v128) (result v128)
    (i8x16.add (local.get 0) (local.get 1)))
  (func (export "add32") (param v128 v128) (result v128)
    (i32x4.add (local.get 0) (local.get 1)))
  (func (export "mul") (param v128 v128) (result v128)
    (f32x4.mul (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result v128)
    (v128.load (local.get 0)))
  (func (export "and") (param v128 v128) (result v128)
    (v128.and (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: add <16 x i8>
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: add <4 x i32>
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: fmul <4 x float>
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: load <{{.*}}align 1

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: paddb %xmm1, %xmm0
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: paddd %xmm1, %xmm0
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: mulps %xmm1, %xmm0
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movups (%r13,%rdi), %xmm0

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: add v0.16b, v{{[01]}}.16b, v{{[01]}}.16b
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: add v0.4s, v{{[01]}}.4s, v{{[01]}}.4s
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: fmul v0.4s, v{{[01]}}.4s, v{{[01]}}.4s
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ldr q0, [
