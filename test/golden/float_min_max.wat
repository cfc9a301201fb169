;; A quiet NaN if either operand is one, and -0 below +0.
(module
  (memory 1)
  (func (export "f32.min") (param f32 f32) (result f32)
    (f32.min (local.get 0) (local.get 1)))
  (func (export "f64.max") (param f64 f64) (result f64)
    (f64.max (local.get 0) (local.get 1)))
  (func (export "f32x4.min") (param v128 v128) (result v128)
    (f32x4.min (local.get 0) (local.get 1)))
  (func (export "f64x2.max") (param v128 v128) (result v128)
    (f64x2.max (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: fcmp uno float
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: fcmp uno <4 x float>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movaps %xmm0, %xmm3
;; CHECK-X64-NEXT: addss %xmm1, %xmm3
;; CHECK-X64-NEXT: movaps %xmm0, %xmm4
;; CHECK-X64-NEXT: minss %xmm1, %xmm4
;; CHECK-X64-NEXT: movaps %xmm1, %xmm2
;; CHECK-X64-NEXT: minss %xmm0, %xmm2
;; CHECK-X64-NEXT: orps %xmm4, %xmm2
;; CHECK-X64-NEXT: cmpunordss %xmm1, %xmm0
;; CHECK-X64-NEXT: blendvps %xmm0, %xmm3, %xmm2
;; CHECK-X64-NEXT: movaps %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movapd %xmm0, %xmm3
;; CHECK-X64-NEXT: addsd %xmm1, %xmm3
;; CHECK-X64-NEXT: movapd %xmm0, %xmm4
;; CHECK-X64-NEXT: maxsd %xmm1, %xmm4
;; CHECK-X64-NEXT: movapd %xmm1, %xmm2
;; CHECK-X64-NEXT: maxsd %xmm0, %xmm2
;; CHECK-X64-NEXT: andpd %xmm4, %xmm2
;; CHECK-X64-NEXT: cmpunordsd %xmm1, %xmm0
;; CHECK-X64-NEXT: blendvpd %xmm0, %xmm3, %xmm2
;; CHECK-X64-NEXT: movapd %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movaps %xmm0, %xmm2
;; CHECK-X64-NEXT: cmpunordps %xmm1, %xmm2
;; CHECK-X64-NEXT: movaps %xmm0, %xmm4
;; CHECK-X64-NEXT: addps %xmm1, %xmm4
;; CHECK-X64-NEXT: movaps %xmm0, %xmm3
;; CHECK-X64-NEXT: minps %xmm1, %xmm3
;; CHECK-X64-NEXT: minps %xmm0, %xmm1
;; CHECK-X64-NEXT: orps %xmm1, %xmm3
;; CHECK-X64-NEXT: movaps %xmm2, %xmm0
;; CHECK-X64-NEXT: blendvps %xmm0, %xmm4, %xmm3
;; CHECK-X64-NEXT: movaps %xmm3, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movapd %xmm0, %xmm2
;; CHECK-X64-NEXT: cmpunordpd %xmm1, %xmm2
;; CHECK-X64-NEXT: movapd %xmm0, %xmm4
;; CHECK-X64-NEXT: addpd %xmm1, %xmm4
;; CHECK-X64-NEXT: movapd %xmm0, %xmm3
;; CHECK-X64-NEXT: maxpd %xmm1, %xmm3
;; CHECK-X64-NEXT: maxpd %xmm0, %xmm1
;; CHECK-X64-NEXT: andpd %xmm1, %xmm3
;; CHECK-X64-NEXT: movapd %xmm2, %xmm0
;; CHECK-X64-NEXT: blendvpd %xmm0, %xmm4, %xmm3
;; CHECK-X64-NEXT: movapd %xmm3, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: fmin s0, s0, s1
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: fmax d0, d0, d1
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: fmin v0.4s, v0.4s, v1.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: fmax v0.2d, v0.2d, v1.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
