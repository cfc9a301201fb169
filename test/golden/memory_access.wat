;; An access of a 32-bit memory is one instruction: the pinned register is the
;; base, guard pages are the check. The index is never added to an offset in 32
;; bits.
(module
  (memory 1)
  (func (export "load") (param i32) (result i32)
    (i32.load offset=16 (local.get 0)))
  (func (export "store") (param i32 i64)
    (i64.store (local.get 0) (local.get 1)))
  (func (export "load8_s") (param i32) (result i64)
    (i64.load8_s offset=1 (local.get 0)))
  (func (export "sum") (param i32 i32) (result f64)
    (f64.load (i32.add (local.get 0) (local.get 1))))
  (func (export "dropped") (param i32)
    (drop (i32.load (local.get 0)))))

;; CHECK-IR-LABEL: @f0(ptr noundef nonnull swiftself %0
;; CHECK-IR: [[INDEX:%.*]] = zext i32 {{.*}} to i64
;; CHECK-IR: [[BASE:%.*]] = getelementptr inbounds nuw i8, ptr %0, i64 [[INDEX]]
;; CHECK-IR: [[ADDRESS:%.*]] = getelementptr inbounds nuw i8, ptr [[BASE]], i64 16
;; CHECK-IR: load i32, ptr [[ADDRESS]], align 1
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: store i64 {{.*}}, align 1
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: load i8, ptr
;; CHECK-IR: sext i8
;; CHECK-IR-LABEL: @f3(
;; The sum wraps: no flags.
;; CHECK-IR: = add i32
;; CHECK-IR: load double
;; CHECK-IR-LABEL: @f4(
;; The value is not used, but the access may trap.
;; CHECK-IR: load volatile i32

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movl 16(%r13,%rdi), %eax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movq %rsi, (%r13,%rdi)
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movsbq 1(%r13,%rdi), %rax
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movsd (%r13,{{%r[a-z]+}}), %xmm0
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: (%r13,%rdi)

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: add {{x[0-9]+}}, x20, x0
;; CHECK-A64: ldr w0, [
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: str x1, [
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ldrsb x0, [
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ldr d0, [
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: ldr w{{zr|[0-9]+}}, [
