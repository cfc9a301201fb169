;; Structured control leaves nothing behind but branches: a table is a jump
;; table, a choice without effects no branch at all.
(module
  (import "env" "f" (func $f (param i32)))
  (func (export "select") (param i32 i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table") (param i32) (result i32)
    (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 (local.get 0)))
      (call $f (i32.const 10)) (return (i32.const 11)))
      (call $f (i32.const 20)) (return (i32.const 22)))
      (call $f (i32.const 30)) (return (i32.const 34)))
      (call $f (i32.const 40)) (return (i32.const 49)))
    (i32.const -1))
  (func (export "if") (param i32)
    (if (local.get 0) (then (call $f (i32.const 1))))))

;; CHECK-OPT-LABEL: @f1(
;; CHECK-OPT: select i1
;; CHECK-OPT-NOT: br i1
;; CHECK-OPT-LABEL: @f2(
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR: switch i32

;; CHECK-X64-LABEL: f1:
;; CHECK-X64: cmove
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: cmpq $3, %rdi
;; CHECK-X64-NEXT: ja
;; CHECK-X64-NOT: {{^ *(j|cmp)}}
;; CHECK-X64: callq
;; CHECK-X64-LABEL: f3:
;; Wherever it traps, backtraces find the caller by a frame.
;; CHECK-X64: movq %rsp, %rbp
;; CHECK-X64: testq %rdi, %rdi
;; CHECK-X64-NEXT: je

;; CHECK-A64-LABEL: f1:
;; CHECK-A64: csel
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: cmp x0, #3
;; CHECK-A64-NEXT: b.hi
;; CHECK-A64-NOT: {{^ *(cmp|cb|tb)}}
;; CHECK-A64: blr
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: mov x29, sp
;; CHECK-A64: cbz x0
