;; Bit operations are single instructions where the machine has them, shift
;; counts need no mask, and signs of floats are bits.
(module
  (func (export "rotl") (param i32 i32) (result i32)
    (i32.rotl (local.get 0) (local.get 1)))
  (func (export "shl") (param i64 i64) (result i64)
    (i64.shl (local.get 0) (local.get 1)))
  (func (export "clz") (param i32) (result i32)
    (i32.clz (local.get 0)))
  (func (export "ctz") (param i64) (result i64)
    (i64.ctz (local.get 0)))
  (func (export "popcnt") (param i64) (result i64)
    (i64.popcnt (local.get 0)))
  (func (export "copysign") (param f64 f64) (result f64)
    (f64.copysign (local.get 0) (local.get 1)))
  (func (export "nearest") (param f32) (result f32)
    (f32.nearest (local.get 0))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: call i32 @llvm.fshl.i32(
;; CHECK-IR-LABEL: @f5(
;; CHECK-IR: call double @llvm.copysign.f64(
;; CHECK-IR-LABEL: @f6(
;; CHECK-IR: call float @llvm.{{roundeven|rint|nearbyint}}.f32(

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: roll %cl, %eax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64-NOT: and
;; CHECK-X64: shlq %cl, %rax
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: bsrl %edi, %eax
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: bsfq %rdi, %rax
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: andps
;; CHECK-X64: andps
;; CHECK-X64: orps
;; CHECK-X64-LABEL: f6:
;; CHECK-X64: roundss $8, %xmm0, %xmm0

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: ror w0, w0, w8
;; CHECK-A64-LABEL: f1:
;; CHECK-A64-NOT: and
;; CHECK-A64: lsl x0, x0, x1
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: clz w0, w0
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: rbit x8, x0
;; CHECK-A64-NEXT: clz x0, x8
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: cnt v0.8b, v0.8b
;; CHECK-A64-LABEL: f5:
;; CHECK-A64: {{bif|bit|bsl}} v
;; CHECK-A64-LABEL: f6:
;; CHECK-A64: frintn s0, s0
