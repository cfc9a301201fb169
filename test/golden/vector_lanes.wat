;; Moving lanes takes one shuffle where the machine has it.
(module
  (memory 1)
  (func (export "i8x16.splat") (param i32) (result v128)
    (i8x16.splat (local.get 0)))
  (func (export "i16x8.extract_lane_u") (param v128) (result i32)
    (i16x8.extract_lane_u 3 (local.get 0)))
  (func (export "i32x4.replace_lane") (param v128 i32) (result v128)
    (i32x4.replace_lane 1 (local.get 0) (local.get 1)))
  (func (export "f64x2.replace_lane") (param v128 f64) (result v128)
    (f64x2.replace_lane 0 (local.get 0) (local.get 1)))
  (func (export "i8x16.swizzle") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0) (local.get 1)))
  (func (export "i8x16.shuffle") (param v128 v128) (result v128)
    (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: shufflevector <16 x i8>
;; CHECK-IR-LABEL: @f4(
;; CHECK-IR: call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(
;; CHECK-IR-LABEL: @f5(
;; CHECK-IR: shufflevector <16 x i8> %{{.*}}, <16 x i8> %{{.*}}, <16 x i32> <i32 0, i32 16, i32 1, i32 17

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movd %edi, %xmm0
;; CHECK-X64-NEXT: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: pshufb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: pextrw $3, %xmm0, %eax
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: pinsrd $1, %edi, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: blendps $3, %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: paddusb .LCPI{{[0-9_]+}}(%rip), %xmm1
;; CHECK-X64-NEXT: pshufb %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: punpcklbw %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: dup v0.16b, w0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: umov w0, v0.h[3]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: mov v0.s[1], w0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: mov v0.d[0], v1.d[0]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: tbl v0.16b, { v0.16b }, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: zip1 v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
