;; Two halves are added with the carry, and multiplied by one instruction.
(module
  (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: add i128
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: mul {{.*}}i128

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: addq %rdx, %rax
;; CHECK-X64-NEXT: adcq %rcx, %rsi
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: subq %rdx, %rax
;; CHECK-X64-NEXT: sbbq %rcx, %rsi
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: mulq %rdi
;; CHECK-X64-NOT: mul

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: adds x0, x0, x2
;; CHECK-A64-NEXT: adc x1, x3, x1
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: subs x0, x0, x2
;; CHECK-A64-NEXT: sbc x1, x1, x3
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: mul x
;; CHECK-A64-NEXT: umulh x1
