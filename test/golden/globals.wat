;; A global of the module's own is a constant distance from the pinned register;
;; an imported one is behind a pointer there.
(module
  (import "env" "g" (global $imported (mut i64)))
  (global $own (mut i64) (i64.const 1))
  (global $fixed i64 (i64.const 42))
  (func (export "own") (result i64) (global.get $own))
  (func (export "set") (param i64) (global.set $own (local.get 0)))
  (func (export "imported") (result i64) (global.get $imported))
  (func (export "fixed") (result i64) (global.get $fixed)))

;; CHECK-OPT-LABEL: @f0(
;; CHECK-OPT: load i64
;; CHECK-OPT-NOT: load
;; CHECK-OPT: ret i64
;; CHECK-OPT-LABEL: @f2(
;; CHECK-OPT: load ptr, {{.*}} !invariant.load
;; CHECK-OPT: load i64

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movq -[[OWN:[0-9]+]](%r13), %rax
;; CHECK-X64-NEXT: popq
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movq %rdi, -[[OWN]](%r13)
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: movq -{{[0-9]+}}(%r13), %rax
;; CHECK-X64-NEXT: movq (%rax), %rax
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: movq -{{[0-9]+}}(%r13), %rax
;; CHECK-X64-NEXT: popq

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: ldr x0, [x20, #[[OWN:[0-9]+]]]
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: str x0, [x20, #[[OWN]]]
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ldr x8, [x20, #{{[0-9]+}}]
;; CHECK-A64-NEXT: ldr x0, [x8]
