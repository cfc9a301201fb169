;; Accesses of shared memories are single instructions, or what the machine has
;; for them, after a check of the alignment.
(module
  (memory 1 1 shared)
  (func (export "load") (param i32) (result i32)
    (i32.atomic.load (local.get 0)))
  (func (export "store") (param i32 i32)
    (i32.atomic.store (local.get 0) (local.get 1)))
  (func (export "add") (param i32 i64) (result i64)
    (i64.atomic.rmw.add offset=8 (local.get 0) (local.get 1)))
  (func (export "exchange") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fence") (atomic.fence)))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: load atomic i32, {{.*}} seq_cst, align 4
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: atomicrmw {{.*}}add ptr {{.*}}, i64 {{.*}} seq_cst
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: cmpxchg {{.*}}ptr {{.*}}, i8 {{.*}} seq_cst
;; CHECK-IR-LABEL: @f4(
;; CHECK-IR: fence seq_cst

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: testb $3, %dil
;; CHECK-X64-NEXT: jne
;; CHECK-X64: movl (%r13,%rdi), %eax
;; CHECK-X64: ud1l 18(%eax), %eax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: xchgl %esi, (%r13,%rdi)
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: testb $7, %dil
;; CHECK-X64: lock xaddq %rsi, 8(%r13,%rdi)
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: lock cmpxchgb %cl, (%r13,%rdi)
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: lock orl $0, -64(%rsp)

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: tst x0, #0x3
;; CHECK-A64-NEXT: b.ne
;; CHECK-A64: ldar w0, [x8]
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: stlr w1, [x8]
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ldaxr x0, [x8]
;; CHECK-A64: stlxr
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ldaxrb
;; CHECK-A64: stlxrb
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: dmb ish
