;; A table's base and size are loaded through its slot, since it may grow; one
;; comparison checks the bounds. Bulk operations are calls of the runtime.
(module
  (table $t (export "t") 4 100 externref)
  (func (export "get") (param i32) (result externref)
    (table.get $t (local.get 0)))
  (func (export "set") (param i32 externref)
    (table.set $t (local.get 0) (local.get 1)))
  (func (export "size") (result i32) (table.size $t))
  (func (export "fill") (param i32 externref i32)
    (table.fill $t (local.get 0) (local.get 1) (local.get 2))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: icmp uge i64
;; CHECK-IR: call void @llvm.ubsantrap(i8 5)
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: call zeroext i1 @wasijit.TableFill(

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movq -{{[0-9]+}}(%r13), %rax
;; CHECK-X64-NEXT: cmpq 8(%rax), %rdi
;; CHECK-X64-NEXT: jae
;; CHECK-X64: movq (%rax), %rax
;; CHECK-X64-NEXT: movq (%rax,%rdi,8), %rax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movq %rsi, (%rax,%rdi,8)
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movl 8(%rax), %eax

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: cmp x0, x9
;; CHECK-A64-NEXT: b.hs
;; CHECK-A64: ldr x0, [x8, x0, lsl #3]
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: str x1, [x8, x0, lsl #3]
