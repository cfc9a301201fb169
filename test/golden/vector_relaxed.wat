;; Where results are free, what the machine has.
(module
  (memory 1)
  (func (export "i8x16.relaxed_swizzle") (param v128 v128) (result v128)
    (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func (export "i32x4.relaxed_trunc_f32x4_s") (param v128) (result v128)
    (i32x4.relaxed_trunc_f32x4_s (local.get 0)))
  (func (export "i32x4.relaxed_trunc_f64x2_s_zero") (param v128) (result v128)
    (i32x4.relaxed_trunc_f64x2_s_zero (local.get 0)))
  (func (export "f32x4.relaxed_madd") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f64x2.relaxed_nmadd") (param v128 v128 v128) (result v128)
    (f64x2.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i8x16.relaxed_laneselect") (param v128 v128 v128) (result v128)
    (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64x2.relaxed_laneselect") (param v128 v128 v128) (result v128)
    (i64x2.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f32x4.relaxed_min") (param v128 v128) (result v128)
    (f32x4.relaxed_min (local.get 0) (local.get 1)))
  (func (export "f64x2.relaxed_max") (param v128 v128) (result v128)
    (f64x2.relaxed_max (local.get 0) (local.get 1)))
  (func (export "i16x8.relaxed_q15mulr_s") (param v128 v128) (result v128)
    (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
  (func (export "i16x8.dot_i8x16_i7x16_s") (param v128 v128) (result v128)
    (i16x8.dot_i8x16_i7x16_s (local.get 0) (local.get 1)))
  (func (export "i32x4.dot_i8x16_i7x16_add_s") (param v128 v128 v128) (result v128)
    (i32x4.dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: fmul <4 x float>
;; CHECK-IR-LABEL: @f5(
;; CHECK-IR: icmp slt <16 x i8>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: pshufb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: cvttps2dq %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: cvttpd2dq %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: mulps %xmm1, %xmm0
;; CHECK-X64-NEXT: addps %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: mulpd %xmm1, %xmm0
;; CHECK-X64-NEXT: subpd %xmm0, %xmm2
;; CHECK-X64-NEXT: movapd %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: movdqa %xmm0, %xmm3
;; CHECK-X64-NEXT: movaps %xmm2, %xmm0
;; CHECK-X64-NEXT: pblendvb %xmm0, %xmm3, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: movapd %xmm0, %xmm3
;; CHECK-X64-NEXT: movaps %xmm2, %xmm0
;; CHECK-X64-NEXT: blendvpd %xmm0, %xmm3, %xmm1
;; CHECK-X64-NEXT: movapd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: minps %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f8:
;; CHECK-X64: maxpd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f9:
;; CHECK-X64: pmulhrsw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f10:
;; CHECK-X64: pmaddubsw %xmm0, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f11:
;; CHECK-X64: pmaddubsw %xmm0, %xmm1
;; CHECK-X64-NEXT: pmaddwd .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: paddd %xmm2, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: tbl v0.16b, { v0.16b }, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: fcvtzs v0.4s, v0.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: fcvtzs v0.2d, v0.2d
;; CHECK-A64: sqxtn v0.2s, v0.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: fmla v2.4s, v1.4s, v0.4s
;; CHECK-A64: mov v0.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: fmls v2.2d, v1.2d, v0.2d
;; CHECK-A64: mov v0.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: bif v0.16b, v1.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: bif v0.16b, v1.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: fmin v0.4s, v0.4s, v1.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f8:
;; CHECK-A64: fmax v0.2d, v0.2d, v1.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f9:
;; CHECK-A64: sqrdmulh v0.8h, v0.8h, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f10:
;; CHECK-A64: smull2 v2.8h, v1.16b, v0.16b
;; CHECK-A64-NEXT: smull v0.8h, v1.8b, v0.8b
;; CHECK-A64: addp v0.8h, v0.8h, v2.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f11:
;; CHECK-A64: smull2 v3.8h, v1.16b, v0.16b
;; CHECK-A64-NEXT: smull v0.8h, v1.8b, v0.8b
;; CHECK-A64: addp v1.8h, v0.8h, v3.8h
;; CHECK-A64-NEXT: mov v0.16b, v2.16b
;; CHECK-A64-NEXT: sadalp v0.4s, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
