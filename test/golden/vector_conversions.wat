;; x86-64 gives one integer for all that is out of range; AArch64 saturates.
(module
  (memory 1)
  (func (export "i32x4.trunc_sat_f32x4_s") (param v128) (result v128)
    (i32x4.trunc_sat_f32x4_s (local.get 0)))
  (func (export "i32x4.trunc_sat_f32x4_u") (param v128) (result v128)
    (i32x4.trunc_sat_f32x4_u (local.get 0)))
  (func (export "i32x4.trunc_sat_f64x2_s_zero") (param v128) (result v128)
    (i32x4.trunc_sat_f64x2_s_zero (local.get 0)))
  (func (export "i32x4.trunc_sat_f64x2_u_zero") (param v128) (result v128)
    (i32x4.trunc_sat_f64x2_u_zero (local.get 0)))
  (func (export "f32x4.convert_i32x4_s") (param v128) (result v128)
    (f32x4.convert_i32x4_s (local.get 0)))
  (func (export "f64x2.convert_low_i32x4_u") (param v128) (result v128)
    (f64x2.convert_low_i32x4_u (local.get 0)))
  (func (export "f32x4.demote_f64x2_zero") (param v128) (result v128)
    (f32x4.demote_f64x2_zero (local.get 0)))
  (func (export "f64x2.promote_low_f32x4") (param v128) (result v128)
    (f64x2.promote_low_f32x4 (local.get 0))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: call <4 x i32> @llvm.x86.sse2.cvttps2dq(
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: call <4 x i32> @llvm.x86.sse2.cvttpd2dq(
;; CHECK-IR-LABEL: @f6(
;; CHECK-IR: fptrunc <2 x double>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: xorps %xmm1, %xmm1
;; CHECK-X64-NEXT: cmpordps %xmm0, %xmm1
;; CHECK-X64-NEXT: andps %xmm0, %xmm1
;; CHECK-X64-NEXT: movaps .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: cvttps2dq %xmm1, %xmm2
;; CHECK-X64-NEXT: cmpleps %xmm1, %xmm0
;; CHECK-X64-NEXT: xorps %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: xorps %xmm2, %xmm2
;; CHECK-X64-NEXT: maxps %xmm2, %xmm0
;; CHECK-X64-NEXT: cvttps2dq %xmm0, %xmm3
;; CHECK-X64-NEXT: addps .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: movaps .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: cvttps2dq %xmm0, %xmm4
;; CHECK-X64-NEXT: cmpleps %xmm0, %xmm1
;; CHECK-X64-NEXT: xorps %xmm4, %xmm1
;; CHECK-X64-NEXT: pmaxsd %xmm2, %xmm1
;; CHECK-X64-NEXT: paddd %xmm3, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: xorpd %xmm1, %xmm1
;; CHECK-X64-NEXT: cmpordpd %xmm0, %xmm1
;; CHECK-X64-NEXT: andpd .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: minpd %xmm1, %xmm0
;; CHECK-X64-NEXT: cvttpd2dq %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: xorpd %xmm1, %xmm1
;; CHECK-X64-NEXT: maxpd %xmm1, %xmm0
;; CHECK-X64-NEXT: minpd .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: roundpd $11, %xmm0, %xmm0
;; CHECK-X64-NEXT: addpd .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: insertps $156, %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: cvtdq2ps %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: pmovzxdq %xmm0, %xmm0
;; CHECK-X64-NEXT: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: por %xmm1, %xmm0
;; CHECK-X64-NEXT: subpd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: cvtpd2ps %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: cvtps2pd %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: fcvtzs v0.4s, v0.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: fcvtzu v0.4s, v0.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: fcvtzs v0.2d, v0.2d
;; CHECK-A64: sqxtn v0.2s, v0.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: fcvtzu v0.2d, v0.2d
;; CHECK-A64: uqxtn v0.2s, v0.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: scvtf v0.4s, v0.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: ushll v0.2d, v0.2s, #0
;; CHECK-A64: ucvtf v0.2d, v0.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: fcvtn v0.2s, v0.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: fcvtl v0.2d, v0.2s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
