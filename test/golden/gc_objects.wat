;; Objects are cut off the free space in line; fields are reached from the heap's
;; base and a reference of 32 bits; a cast compares headers, then a supertype.
(module
  (type $base (sub (struct (field (mut i32)))))
  (type $pair (sub final $base (struct (field (mut i32)) (field (ref null $base)))))
  (type $ints (array (mut i32)))
  (func (export "new") (param i32) (result (ref $pair))
    (struct.new $pair (local.get 0) (ref.null $base)))
  (func (export "get") (param (ref $pair)) (result i32)
    (struct.get $pair 0 (local.get 0)))
  (func (export "get_null") (param (ref null $pair)) (result i32)
    (struct.get $pair 0 (local.get 0)))
  (func (export "element") (param (ref $ints) i32) (result i32)
    (array.get $ints (local.get 0) (local.get 1)))
  (func (export "is_pair") (param (ref struct)) (result i32)
    (ref.test (ref $pair) (local.get 0)))
  (func (export "is_base") (param (ref struct)) (result i32)
    (ref.test (ref $base) (local.get 0))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: icmp ugt i64
;; CHECK-IR: call i32 @wasijit.GcAllocate(

;; CHECK-OPT-LABEL: @f1(
;; CHECK-OPT-NOT: ubsantrap
;; CHECK-OPT-LABEL: @f2(
;; CHECK-OPT: call void @llvm.ubsantrap(i8 12)
;; CHECK-OPT-LABEL: @f3(
;; CHECK-OPT: call void @llvm.ubsantrap(i8 16)
;; CHECK-OPT-LABEL: @f4(
;; CHECK-OPT-NOT: call

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movq {{-[0-9]+}}(%r13), %[[BASE:r..]]
;; CHECK-X64: movl -8(%[[BASE]]), %eax
;; CHECK-X64: movl -4(%[[BASE]]), %edx
;; CHECK-X64: ja
;; CHECK-X64: (%[[BASE]],%rax)
;; CHECK-X64: movl %ecx, -8(%[[BASE]])
;; CHECK-X64: retq
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movq {{-[0-9]+}}(%r13), %rax
;; CHECK-X64-NEXT: movl 4(%rax,%rdi), %eax
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: cmpl %esi, 4(%rax,%rdi)
;; CHECK-X64-LABEL: f5:
;; CHECK-X64: cmpl %edx, %ecx
;; CHECK-X64: shlq $5
;; CHECK-X64: cmpl %edx, (%rsi,%rcx)

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: ldp w8, w11, [x9, #-8]
;; CHECK-A64: b.hi
;; CHECK-A64: stur w10, [x9, #-8]
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: ldr [[BASE:x[0-9]+]], [x20, #
;; CHECK-A64: ldr w0, [{{x[0-9]+}}, #4]
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: tbz w0, #0
;; CHECK-A64: cset w0, eq
