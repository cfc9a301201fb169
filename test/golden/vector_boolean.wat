;; Tests and masks, from lanes to an i32.
(module
  (memory 1)
  (func (export "v128.any_true") (param v128) (result i32)
    (v128.any_true (local.get 0)))
  (func (export "i8x16.all_true") (param v128) (result i32)
    (i8x16.all_true (local.get 0)))
  (func (export "i64x2.all_true") (param v128) (result i32)
    (i64x2.all_true (local.get 0)))
  (func (export "i8x16.bitmask") (param v128) (result i32)
    (i8x16.bitmask (local.get 0)))
  (func (export "i16x8.bitmask") (param v128) (result i32)
    (i16x8.bitmask (local.get 0)))
  (func (export "i32x4.bitmask") (param v128) (result i32)
    (i32x4.bitmask (local.get 0)))
  (func (export "i64x2.bitmask") (param v128) (result i32)
    (i64x2.bitmask (local.get 0)))
  (func (export "v128.andnot") (param v128 v128) (result v128)
    (v128.andnot (local.get 0) (local.get 1)))
  (func (export "v128.bitselect") (param v128 v128 v128) (result v128)
    (v128.bitselect (local.get 0) (local.get 1) (local.get 2))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: icmp ne i128
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: call i1 @llvm.vector.reduce.and.v16i1(
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: icmp slt <16 x i8>

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: xorl %eax, %eax
;; CHECK-X64-NEXT: ptest %xmm0, %xmm0
;; CHECK-X64-NEXT: setne %al
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: pcmpeqb %xmm0, %xmm1
;; CHECK-X64-NEXT: pmovmskb %xmm1, %ecx
;; CHECK-X64-NEXT: xorl %eax, %eax
;; CHECK-X64-NEXT: testl %ecx, %ecx
;; CHECK-X64-NEXT: sete %al
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: pxor %xmm1, %xmm1
;; CHECK-X64-NEXT: pcmpeqq %xmm0, %xmm1
;; CHECK-X64-NEXT: movmskpd %xmm1, %ecx
;; CHECK-X64-NEXT: xorl %eax, %eax
;; CHECK-X64-NEXT: testl %ecx, %ecx
;; CHECK-X64-NEXT: sete %al
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: pmovmskb %xmm0, %eax
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: packsswb %xmm0, %xmm0
;; CHECK-X64-NEXT: pmovmskb %xmm0, %eax
;; CHECK-X64-NEXT: movzbl %al, %eax
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: movmskps %xmm0, %eax
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: movmskpd %xmm0, %eax
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f7:
;; CHECK-X64: andnps %xmm0, %xmm1
;; CHECK-X64-NEXT: movaps %xmm1, %xmm0
;; CHECK-X64-NEXT: popq %rbp
;; CHECK-X64-LABEL: f8:
;; CHECK-X64: andps %xmm2, %xmm0
;; CHECK-X64-NEXT: andnps %xmm1, %xmm2
;; CHECK-X64-NEXT: orps %xmm2, %xmm0
;; CHECK-X64-NEXT: popq %rbp

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: umaxp v0.4s, v0.4s, v0.4s
;; CHECK-A64: fmov x8, d0
;; CHECK-A64-NEXT: cmp x8, #0
;; CHECK-A64-NEXT: cset w0, ne
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: uminv b0, v0.16b
;; CHECK-A64: fmov w8, s0
;; CHECK-A64-NEXT: tst w8, #0xff
;; CHECK-A64-NEXT: cset w0, ne
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: cmeq v0.2d, v0.2d, #0
;; CHECK-A64: umaxv s0, v0.4s
;; CHECK-A64-NEXT: fmov w8, s0
;; CHECK-A64-NEXT: mvn w8, w8
;; CHECK-A64-NEXT: and x0, x8, #0x1
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: adrp x8, .LCPI{{[0-9_]+}}
;; CHECK-A64-NEXT: cmlt v0.16b, v0.16b, #0
;; CHECK-A64: ldr q1, [x8, :lo12:.LCPI{{[0-9_]+}}]
;; CHECK-A64-NEXT: and v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ext v1.16b, v0.16b, v0.16b, #8
;; CHECK-A64-NEXT: zip1 v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: addv h0, v0.8h
;; CHECK-A64-NEXT: umov w0, v0.h[0]
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: adrp x8, .LCPI{{[0-9_]+}}
;; CHECK-A64-NEXT: cmlt v0.8h, v0.8h, #0
;; CHECK-A64: ldr q1, [x8, :lo12:.LCPI{{[0-9_]+}}]
;; CHECK-A64-NEXT: and v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: addv h0, v0.8h
;; CHECK-A64-NEXT: fmov w8, s0
;; CHECK-A64-NEXT: and x0, x8, #0xff
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: adrp x8, .LCPI{{[0-9_]+}}
;; CHECK-A64-NEXT: cmlt v0.4s, v0.4s, #0
;; CHECK-A64: ldr q1, [x8, :lo12:.LCPI{{[0-9_]+}}]
;; CHECK-A64-NEXT: and v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: addv s0, v0.4s
;; CHECK-A64-NEXT: fmov w8, s0
;; CHECK-A64-NEXT: and x0, x8, #0xf
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: mov x8, v0.d[1]
;; CHECK-A64-NEXT: fmov x9, d0
;; CHECK-A64: lsr x8, x8, #62
;; CHECK-A64-NEXT: and x0, x8, #0x2
;; CHECK-A64-NEXT: bfxil x0, x9, #63, #1
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f7:
;; CHECK-A64: bic v0.16b, v0.16b, v1.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
;; CHECK-A64-LABEL: f8:
;; CHECK-A64: bif v0.16b, v1.16b, v2.16b
;; CHECK-A64-NEXT: ldp x29, x30, [sp], #16
