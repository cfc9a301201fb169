;; Copying and filling are the C library's after one check of the bounds.
(module
  (memory 1 10)
  (data $d "0123456789")
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $d (local.get 0) (local.get 1) (local.get 2))))

;; CHECK-OPT-LABEL: @f0(
;; CHECK-OPT: call void @llvm.memmove.
;; CHECK-OPT-LABEL: @f1(
;; CHECK-OPT: call void @llvm.memset.
;; CHECK-OPT-LABEL: @f3(
;; CHECK-OPT: call i64 @wasijit.MemoryGrow(
;; CHECK-OPT-LABEL: @f4(
;; CHECK-OPT: call {{.*}}@wasijit.MemoryInit(

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: subq %rdx, %rax
;; CHECK-X64-NEXT: jb
;; CHECK-X64: cmpq %rax, %rdi
;; CHECK-X64: cmpq %rax, %rsi
;; CHECK-X64: jmpq *memmove@GOTPCREL(%rip)
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: jmpq *memset@GOTPCREL(%rip)
;; The size in pages is the upper part of that in bytes.
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movl 10(%rax), %eax

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: subs x8, x8, x2
;; CHECK-A64-NEXT: ccmp x0, x8, #2, hs
;; CHECK-A64: cmp x1, x8
;; CHECK-A64: br x3
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ldur w0, [x8, #10]
