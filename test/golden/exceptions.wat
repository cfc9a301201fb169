;; Calls in a try are invokes of one landing pad; other code of the function is
;; as without exceptions. A throw that is caught in the same function branches.
(module
  (import "env" "f" (func $imported (param i32) (result i32)))
  (tag $t (param i32 f64))
  (func $throw (export "throw") (param i32)
    (throw $t (local.get 0) (f64.const 1)))
  (func (export "catch") (param i32) (result i32)
    (try (result i32)
      (do
        (i32.add (call $imported (local.get 0)) (call $imported (i32.const 7))))
      (catch $t (drop))
      (catch_all (i32.const -1))))
  (func (export "local") (param i32) (result i32)
    (try (result i32)
      (do
        (if (local.get 0) (then (throw $t (i32.const 3) (f64.const 0))))
        (i32.const 5))
      (catch $t (drop))))
  (func (export "outside") (param i32) (result i32)
    (call $imported (local.get 0))))

;; CHECK-IR-LABEL: @f1(
;; CHECK-IR: call ptr @wasijit.NewException(
;; CHECK-IR: store i64 %{{.*}}, align 8
;; CHECK-IR: call void @wasijit.Throw(ptr %{{.*}})
;; CHECK-IR-NEXT: unreachable
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR-SAME: personality ptr @wasijit.personality
;; CHECK-IR: invoke swiftcc
;; CHECK-IR-NEXT: to label %{{.*}} unwind label %[[PAD:.*]]
;; CHECK-IR: invoke swiftcc
;; CHECK-IR-NEXT: to label %{{.*}} unwind label %[[PAD]]
;; CHECK-IR: [[PAD]]:
;; CHECK-IR: landingpad { ptr, i32 }
;; CHECK-IR-NEXT: cleanup
;; CHECK-IR-NOT: @wasijit.Throw
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR-NOT: invoke
;; CHECK-IR: br label %[[HANDLER:.*]]
;; CHECK-IR: [[HANDLER]]:
;; CHECK-IR: icmp eq ptr
;; CHECK-IR-LABEL: @f4(
;; CHECK-IR-NOT: invoke
;; CHECK-IR: ret i64

;; No branch on the way that returns.
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: callq *%r
;; CHECK-X64-NOT: {{^ *(j|test|cmp)}}
;; CHECK-X64: callq *%r
;; CHECK-X64-NOT: {{^ *(j|test|cmp)}}
;; CHECK-X64: addl
;; The exception arrives in rax.
;; CHECK-X64: movq 8(%rax), %r
;; CHECK-X64: cmpq

;; CHECK-A64-LABEL: f2:
;; CHECK-A64: blr x
;; CHECK-A64-NOT: {{^ *(b|cb|tb|cmp) }}
;; CHECK-A64: blr x
;; CHECK-A64-NOT: {{^ *(b|cb|tb|cmp) }}
;; CHECK-A64: add w
;; The exception arrives in x0.
;; CHECK-A64: ldr x{{[0-9]+}}, [x0, #8]
;; CHECK-A64: ldr w{{[0-9]+}}, [x0, #16]
