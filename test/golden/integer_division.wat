;; Division checks what the machine's instruction does not: a zero divisor and
;; an overflowing quotient trap, each with its kind in the trap instruction. A
;; remainder never overflows.
(module
  (func (export "div_s") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "div_u") (param i64 i64) (result i64)
    (i64.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s") (param i32 i32) (result i32)
    (i32.rem_s (local.get 0) (local.get 1))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: icmp eq i32 {{.*}}, 0
;; CHECK-IR: br i1 {{.*}} label %trap.integerdividebyzero{{.*}} !prof
;; CHECK-IR: fence syncscope("singlethread") seq_cst
;; CHECK-IR-NEXT: call void @llvm.ubsantrap(i8 1)
;; CHECK-IR: icmp eq i32 {{.*}}, -2147483648
;; CHECK-IR: icmp eq i32 {{.*}}, -1
;; CHECK-IR: call void @llvm.ubsantrap(i8 2)
;; CHECK-IR: sdiv i32
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: call void @llvm.ubsantrap(i8 1)
;; CHECK-IR-NOT: ubsantrap(i8 2)
;; CHECK-IR: udiv i64
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: call void @llvm.ubsantrap(i8 1)
;; CHECK-IR-NOT: ubsantrap(i8 2)
;; CHECK-IR: srem i32

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: idivl
;; CHECK-X64: retq
;; CHECK-X64: ud1l 1(%eax), %eax
;; CHECK-X64: ud1l 2(%eax), %eax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: divq
;; CHECK-X64: ud1l 1(%eax), %eax
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: idivl
;; CHECK-X64: ud1l 1(%eax), %eax

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: sdiv w0, w0, w1
;; CHECK-A64: brk #0x5501
;; CHECK-A64: brk #0x5502
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: udiv x0, x0, x1
;; CHECK-A64: brk #0x5501
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: msub
;; CHECK-A64: brk #0x5501
