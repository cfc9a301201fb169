;; Arithmetic that scalars do not have.
(module
  (memory 1)
  (func (export "i8x16.add_sat_s") (param v128 v128) (result v128)
    (i8x16.add_sat_s (local.get 0) (local.get 1)))
  (func (export "i16x8.sub_sat_u") (param v128 v128) (result v128)
    (i16x8.sub_sat_u (local.get 0) (local.get 1)))
  (func (export "i16x8.min_u") (param v128 v128) (result v128)
    (i16x8.min_u (local.get 0) (local.get 1)))
  (func (export "i8x16.avgr_u") (param v128 v128) (result v128)
    (i8x16.avgr_u (local.get 0) (local.get 1)))
  (func (export "i16x8.q15mulr_sat_s") (param v128 v128) (result v128)
    (i16x8.q15mulr_sat_s (local.get 0) (local.get 1)))
  (func (export "f32x4.pmin") (param v128 v128) (result v128)
    (f32x4.pmin (local.get 0) (local.get 1)))
  (func (export "f64x2.pmax") (param v128 v128) (result v128)
    (f64x2.pmax (local.get 0) (local.get 1)))
  (func (export "i8x16.popcnt") (param v128) (result v128)
    (i8x16.popcnt (local.get 0))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: call <16 x i8> @llvm.sadd.sat.v16i8(
;; CHECK-IR-LABEL: @f4(
;; CHECK-IR: call <8 x i16> @llvm.x86.ssse3.pmul.hr.sw.128(
;; CHECK-IR-LABEL: @f5(
;; CHECK-IR: fcmp olt <4 x float>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: paddsb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: psubusw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: pminuw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: pavgb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: pmulhrsw %xmm1, %xmm0
;; CHECK-X64-NEXT: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: pcmpeqw %xmm0, %xmm1
;; CHECK-X64-NEXT: pxor %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: minps %xmm0, %xmm1
;; CHECK-X64-NEXT: movaps %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: maxpd %xmm0, %xmm1
;; CHECK-X64-NEXT: movapd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm2
;; CHECK-X64-NEXT: movdqa %xmm0, %xmm3
;; CHECK-X64-NEXT: pand %xmm2, %xmm3
;; CHECK-X64-NEXT: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm4
;; CHECK-X64-NEXT: pshufb %xmm3, %xmm4
;; CHECK-X64-NEXT: psrlw $4, %xmm0
;; CHECK-X64-NEXT: pand %xmm2, %xmm0
;; CHECK-X64-NEXT: pshufb %xmm0, %xmm1
;; CHECK-X64-NEXT: paddb %xmm4, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: sqadd v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: uqsub v0.8h, v0.8h, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: umin v0.8h, v0.8h, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: urhadd v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: sqrdmulh v0.8h, v0.8h, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: fcmgt v2.4s, v0.4s, v1.4s
;; CHECK-A64: bit v0.16b, v1.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: fcmgt v2.2d, v1.2d, v0.2d
;; CHECK-A64: bit v0.16b, v1.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: cnt v0.16b, v0.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
