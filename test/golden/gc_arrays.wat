;; The length lies in front of the elements; an access compares the index with it
;; once. Copies are the C library's.
(module
  (type $ints (array (mut i32)))
  (type $bytes (array (mut i8)))
  (func (export "new") (param i32) (result (ref $ints))
    (array.new_default $ints (local.get 0)))
  (func (export "length") (param (ref $ints)) (result i32)
    (array.len (local.get 0)))
  (func (export "byte") (param (ref $bytes) i32) (result i32)
    (array.get_s $bytes (local.get 0) (local.get 1)))
  (func (export "set") (param (ref $ints) i32 i32)
    (array.set $ints (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param (ref $ints) i32 (ref $ints) i32 i32)
    (array.copy $ints $ints (local.get 0) (local.get 1) (local.get 2)
      (local.get 3) (local.get 4))))

;; CHECK-OPT-LABEL: @f0(
;; CHECK-OPT: call i32 @wasijit.GcAllocate(
;; CHECK-OPT: call void @llvm.memset.
;; CHECK-OPT-LABEL: @f1(
;; CHECK-OPT-NOT: ubsantrap
;; CHECK-OPT-LABEL: @f2(
;; CHECK-OPT: call void @llvm.ubsantrap(i8 16)
;; CHECK-OPT-LABEL: @f4(
;; CHECK-OPT: call void @llvm.memmove.

;; CHECK-X64-LABEL: f0:
;; CHECK-X64-NOT: movzbl
;; CHECK-X64: callq *memset
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movl 4(%rax,%rdi), %eax
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: cmpl %esi, 4(%rax,%rdi)
;; CHECK-X64-NEXT: jbe
;; CHECK-X64: movsbq 8(%rax,%rsi), %rax
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: cmpl %esi, 4(%rax,%rdi)
;; CHECK-X64: movl %edx, 8(%rax,%rsi,4)
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: ja
;; CHECK-X64: ja
;; CHECK-X64-NOT: movzbl
;; CHECK-X64: jmpq *memmove

;; CHECK-A64-LABEL: f1:
;; CHECK-A64: ldr w0, [x8, #4]
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: cmp w9, w1
;; CHECK-A64-NEXT: b.ls
;; CHECK-A64: ldrsb
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: add x8, x8, x1, lsl #2
;; CHECK-A64-NEXT: str w2, [x8, #8]
