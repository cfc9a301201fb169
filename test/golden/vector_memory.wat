;; Accesses of a part of a vector touch only its bytes.
(module
  (memory 1)
  (func (export "v128.load8x8_s") (param i32) (result v128)
    (v128.load8x8_s (local.get 0)))
  (func (export "v128.load32x2_u") (param i32) (result v128)
    (v128.load32x2_u (local.get 0)))
  (func (export "v128.load32_splat") (param i32) (result v128)
    (v128.load32_splat (local.get 0)))
  (func (export "v128.load64_splat") (param i32) (result v128)
    (v128.load64_splat (local.get 0)))
  (func (export "v128.load64_zero") (param i32) (result v128)
    (v128.load64_zero (local.get 0)))
  (func (export "v128.load8_lane") (param i32 v128) (result v128)
    (v128.load8_lane 5 (local.get 0) (local.get 1)))
  (func (export "v128.load32_lane") (param i32 v128) (result v128)
    (v128.load32_lane 2 (local.get 0) (local.get 1)))
  (func (export "v128.store16_lane") (param i32 v128)
    (v128.store16_lane 3 (local.get 0) (local.get 1)))
  (func (export "v128.store64_lane") (param i32 v128)
    (v128.store64_lane 1 (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: load <8 x i8>, ptr %{{.*}}, align 1
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: load i32, ptr %{{.*}}, align 1
;; CHECK-IR-LABEL: @f5(
;; CHECK-IR: load i8, ptr %{{.*}}, align 1
;; CHECK-IR-LABEL: @f7(
;; CHECK-IR: store i16 %{{.*}}, align 1

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: pmovsxbw (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: pmovzxdq (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movd (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: pshufd $0, %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movq (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: pshufd $68, %xmm0, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: movsd (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: pinsrb $5, (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: pinsrd $2, (%r13,%rdi), %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: pextrw $3, %xmm0, (%r13,%rdi)
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f8:
;; CHECK-X64: pextrq $1, %xmm0, (%r13,%rdi)
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: ldr d0, [x{{.*}}]
;; CHECK-A64-NEXT: sshll v0.8h, v0.8b, #0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: ldr d0, [x{{.*}}]
;; CHECK-A64-NEXT: ushll v0.2d, v0.2s, #0
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ld1r { v0.4s }, [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ld1r { v0.2d }, [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: ldr d0, [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: ld1 { v0.b }[5], [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: ld1 { v0.s }[2], [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: mov h0, v0.h[3]
;; CHECK-A64: str h0, [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f8:
;; CHECK-A64: mov d0, v0.d[1]
;; CHECK-A64: str d0, [x{{.*}}]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
