;; Numbers are references with the lowest bit set; conversions between hierarchies
;; call nothing but for what is the embedder's.
(module
  (func (export "i31") (param i32) (result (ref i31))
    (ref.i31 (local.get 0)))
  (func (export "get_s") (param (ref i31)) (result i32)
    (i31.get_s (local.get 0)))
  (func (export "eq") (param eqref eqref) (result i32)
    (ref.eq (local.get 0) (local.get 1)))
  (func (export "is_i31") (param (ref eq)) (result i32)
    (ref.test (ref i31) (local.get 0)))
  (func (export "inside") (param externref) (result anyref)
    (any.convert_extern (local.get 0)))
  (func (export "outside") (param anyref) (result externref)
    (extern.convert_any (local.get 0))))

;; CHECK-OPT-LABEL: @f0(
;; CHECK-OPT: shl {{.*}}i64
;; CHECK-OPT: or
;; CHECK-OPT-LABEL: @f4(
;; CHECK-OPT: call i32 @wasijit.GcBox(
;; CHECK-OPT-LABEL: @f5(
;; CHECK-OPT-NOT: call
;; CHECK-OPT: ret

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: leal (%rdi,%rdi), %eax
;; CHECK-X64-NEXT: orq $1, %rax
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: sarl %eax
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: sete %al
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: andl $1, %eax
;; Null and what is inside already are no call.
;; CHECK-X64-LABEL: f4:
;; CHECK-X64: je [[DONE:.*]]
;; CHECK-X64: cmpq
;; CHECK-X64-NEXT: je [[DONE]]
;; CHECK-X64: callq *wasijit.GcBox

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: bfi x8, x0, #1, #31
;; CHECK-A64-LABEL: f1:
;; CHECK-A64: asr w0, w0, #1
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: cset w0, eq
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: and x0, x0, #0x1
;; CHECK-A64-LABEL: f4:
;; CHECK-A64: cbz x0, [[DONE:.*]]
;; CHECK-A64: cmp x8, x9
;; CHECK-A64-NEXT: b.eq [[DONE]]
