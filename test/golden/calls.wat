;; The context stays in its register across calls, arguments and results travel
;; in registers; an indirect call checks the bounds and one type id.
(module
  (import "env" "imported" (func $imported (param i32) (result i32)))
  (table 10 funcref)
  (type $unary (func (param i32) (result i32)))
  (func $callee (param i32 f64) (result f64 i32)
    (local.get 1) (local.get 0))
  (func (export "import") (param i32) (result i32)
    (i32.add (call $imported (local.get 0)) (call $imported (i32.const 1))))
  (func (export "indirect") (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func (export "tail") (param i32) (result i32)
    (return_call $imported (local.get 0))))

;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: call swiftcc {{.*}} swiftself
;; CHECK-IR: call swiftcc {{.*}} swiftself
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: call void @llvm.ubsantrap(i8 6)
;; CHECK-IR: icmp eq i32
;; CHECK-IR: call swiftcc

;; CHECK-X64-LABEL: f3:
;; CHECK-X64: cmp{{[lq]}}
;; CHECK-X64: callq *{{[0-9-]*}}(%r
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: jmpq *

;; CHECK-A64-LABEL: f3:
;; CHECK-A64: blr x
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: br x
