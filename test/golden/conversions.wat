;; Truncations trap where the result has no representation, or saturate; NaN
;; rules hold where LLVM would fold them away.
(module
  (func (export "trunc") (param f64) (result i32)
    (i32.trunc_f64_s (local.get 0)))
  (func (export "trunc_sat") (param f64) (result i32)
    (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "wrap") (param i64) (result i32)
    (i32.wrap_i64 (local.get 0)))
  (func (export "reinterpret") (param f32) (result i32)
    (i32.reinterpret_f32 (local.get 0))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: fcmp uno double
;; CHECK-IR: fptosi double
;; CHECK-IR: call void @llvm.ubsantrap(i8 3)
;; CHECK-IR: call void @llvm.ubsantrap(i8 2)
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: @llvm.fptosi.sat.i32.f64
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: trunc i64
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: bitcast float

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: cvttsd2si
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: cvttsd2si
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movd %xmm0, %eax

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: fcvtzs w0, d0
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: fcvtzs w0, d0
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: fmov w0, s0
