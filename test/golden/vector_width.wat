;; Between lanes of different widths.
(module
  (memory 1)
  (func (export "i8x16.narrow_i16x8_s") (param v128 v128) (result v128)
    (i8x16.narrow_i16x8_s (local.get 0) (local.get 1)))
  (func (export "i16x8.narrow_i32x4_u") (param v128 v128) (result v128)
    (i16x8.narrow_i32x4_u (local.get 0) (local.get 1)))
  (func (export "i16x8.extend_low_i8x16_s") (param v128) (result v128)
    (i16x8.extend_low_i8x16_s (local.get 0)))
  (func (export "i32x4.extend_high_i16x8_u") (param v128) (result v128)
    (i32x4.extend_high_i16x8_u (local.get 0)))
  (func (export "i16x8.extmul_low_i8x16_s") (param v128 v128) (result v128)
    (i16x8.extmul_low_i8x16_s (local.get 0) (local.get 1)))
  (func (export "i64x2.extmul_low_i32x4_u") (param v128 v128) (result v128)
    (i64x2.extmul_low_i32x4_u (local.get 0) (local.get 1)))
  (func (export "i16x8.extadd_pairwise_i8x16_s") (param v128) (result v128)
    (i16x8.extadd_pairwise_i8x16_s (local.get 0)))
  (func (export "i16x8.extadd_pairwise_i8x16_u") (param v128) (result v128)
    (i16x8.extadd_pairwise_i8x16_u (local.get 0)))
  (func (export "i32x4.extadd_pairwise_i16x8_s") (param v128) (result v128)
    (i32x4.extadd_pairwise_i16x8_s (local.get 0)))
  (func (export "i32x4.extadd_pairwise_i16x8_u") (param v128) (result v128)
    (i32x4.extadd_pairwise_i16x8_u (local.get 0)))
  (func (export "i32x4.dot_i16x8_s") (param v128 v128) (result v128)
    (i32x4.dot_i16x8_s (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: call <16 x i8> @llvm.x86.sse2.packsswb.128(
;; CHECK-IR-LABEL: @f6(
;; CHECK-IR: call <8 x i16> @llvm.x86.ssse3.pmadd.ub.sw.128(
;; CHECK-IR-LABEL: @f10(
;; CHECK-IR: call <4 x i32> @llvm.x86.sse2.pmadd.wd(

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: packsswb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: packusdw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: pmovsxbw %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: punpckhwd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: pmovsxbw %xmm0, %xmm2
;; CHECK-X64-NEXT: pmovsxbw %xmm1, %xmm0
;; CHECK-X64-NEXT: pmullw %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: pmovzxdq %xmm0, %xmm2
;; CHECK-X64-NEXT: pmovzxdq %xmm1, %xmm0
;; CHECK-X64-NEXT: pmuludq %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: pmaddubsw %xmm0, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: pmaddubsw .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f8:
;; CHECK-X64: pmaddwd .LCPI{{[0-9_]+}}(%rip), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f9:
;; CHECK-X64: movdqa %xmm0, %xmm1
;; CHECK-X64-NEXT: psrld $16, %xmm1
;; CHECK-X64-NEXT: pxor %xmm2, %xmm2
;; CHECK-X64-NEXT: pblendw $170, %xmm2, %xmm0
;; CHECK-X64-NEXT: paddd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f10:
;; CHECK-X64: pmaddwd %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: sqxtn v0.8b, v0.8h
;; CHECK-A64: sqxtn2 v0.16b, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: sqxtun v0.4h, v0.4s
;; CHECK-A64: sqxtun2 v0.8h, v1.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: sshll v0.8h, v0.8b, #0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ushll2 v0.4s, v0.8h, #0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: smull v0.8h, v1.8b, v0.8b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: umull v0.2d, v1.2s, v0.2s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: saddlp v0.8h, v0.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: uaddlp v0.8h, v0.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f8:
;; CHECK-A64: saddlp v0.4s, v0.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f9:
;; CHECK-A64: uaddlp v0.4s, v0.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f10:
;; CHECK-A64: smull2 v2.4s, v1.8h, v0.8h
;; CHECK-A64-NEXT: smull v0.4s, v1.4h, v0.4h
;; CHECK-A64: addp v0.4s, v0.4s, v2.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
