;; One count for all lanes. x86-64 has no shifts of bytes.
(module
  (memory 1)
  (func (export "i8x16.shl") (param v128 i32) (result v128)
    (i8x16.shl (local.get 0) (local.get 1)))
  (func (export "i8x16.shr_s") (param v128 i32) (result v128)
    (i8x16.shr_s (local.get 0) (local.get 1)))
  (func (export "i8x16.shr_u") (param v128 i32) (result v128)
    (i8x16.shr_u (local.get 0) (local.get 1)))
  (func (export "i16x8.shr_s") (param v128 i32) (result v128)
    (i16x8.shr_s (local.get 0) (local.get 1)))
  (func (export "i64x2.shr_s") (param v128 i32) (result v128)
    (i64x2.shr_s (local.get 0) (local.get 1)))
  (func (export "i32x4.shl") (param v128 i32) (result v128)
    (i32x4.shl (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: shl <8 x i16>
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: call <16 x i8> @llvm.x86.sse2.packsswb.128(
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: ashr <8 x i16>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: andl $7, %edi
;; CHECK-X64-NEXT: movd %edi, %xmm1
;; CHECK-X64-NEXT: psllw %xmm1, %xmm0
;; CHECK-X64-NEXT: pcmpeqd %xmm2, %xmm2
;; CHECK-X64-NEXT: psllw %xmm1, %xmm2
;; CHECK-X64-NEXT: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: pshufb %xmm1, %xmm2
;; CHECK-X64-NEXT: pand %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: andl $7, %edi
;; CHECK-X64-NEXT: orl $8, %edi
;; CHECK-X64-NEXT: movdqa %xmm0, %xmm1
;; CHECK-X64-NEXT: punpcklbw %xmm0, %xmm1
;; CHECK-X64-NEXT: movd %edi, %xmm2
;; CHECK-X64-NEXT: psraw %xmm2, %xmm1
;; CHECK-X64-NEXT: punpckhbw %xmm0, %xmm0
;; CHECK-X64-NEXT: psraw %xmm2, %xmm0
;; CHECK-X64-NEXT: packsswb %xmm0, %xmm1
;; CHECK-X64-NEXT: movdqa %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: andl $7, %edi
;; CHECK-X64-NEXT: movd %edi, %xmm1
;; CHECK-X64-NEXT: psrlw %xmm1, %xmm0
;; CHECK-X64-NEXT: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm2
;; CHECK-X64-NEXT: psrlw %xmm1, %xmm2
;; CHECK-X64-NEXT: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: pshufb %xmm1, %xmm2
;; CHECK-X64-NEXT: pand %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: andl $15, %edi
;; CHECK-X64-NEXT: movd %edi, %xmm1
;; CHECK-X64-NEXT: psraw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: andl $63, %edi
;; CHECK-X64-NEXT: movd %edi, %xmm1
;; CHECK-X64-NEXT: movdqa .LCPI{{[0-9_]+}}(%rip), %xmm2
;; CHECK-X64-NEXT: psrlq %xmm1, %xmm2
;; CHECK-X64-NEXT: psrlq %xmm1, %xmm0
;; CHECK-X64-NEXT: pxor %xmm2, %xmm0
;; CHECK-X64-NEXT: psubq %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: andl $31, %edi
;; CHECK-X64-NEXT: movd %edi, %xmm1
;; CHECK-X64-NEXT: pslld %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: and w8, w0, #0x7
;; CHECK-A64: dup v1.16b, w8
;; CHECK-A64-NEXT: ushl v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: and w8, w0, #0x7
;; CHECK-A64: dup v1.16b, w8
;; CHECK-A64-NEXT: neg v1.16b, v1.16b
;; CHECK-A64-NEXT: sshl v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: and w8, w0, #0x7
;; CHECK-A64: dup v1.16b, w8
;; CHECK-A64-NEXT: neg v1.16b, v1.16b
;; CHECK-A64-NEXT: ushl v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: and w8, w0, #0xf
;; CHECK-A64: dup v1.8h, w8
;; CHECK-A64-NEXT: neg v1.8h, v1.8h
;; CHECK-A64-NEXT: sshl v0.8h, v0.8h, v1.8h
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: and x8, x0, #0x3f
;; CHECK-A64: dup v1.2d, x8
;; CHECK-A64-NEXT: neg v1.2d, v1.2d
;; CHECK-A64-NEXT: sshl v0.2d, v0.2d, v1.2d
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: and w8, w0, #0x1f
;; CHECK-A64: dup v1.4s, w8
;; CHECK-A64-NEXT: ushl v0.4s, v0.4s, v1.4s
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
