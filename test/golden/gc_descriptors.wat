;; An object's descriptor is a load away; a cast by descriptor to a type without
;; subtypes compares header and descriptor at once.
(module
  (type $plain (sub (struct (field i32))))
  (rec (type $s (descriptor $d) (struct (field i32)))
       (type $d (describes $s) (struct)))
  (rec (type $o (sub $plain (descriptor $e) (struct (field i32))))
       (type $e (sub (describes $o) (struct))))
  (func (export "new") (param i32 (ref (exact $d))) (result (ref $s))
    (struct.new_desc $s (local.get 0) (local.get 1)))
  (func (export "descriptor") (param (ref $s)) (result (ref $d))
    (ref.get_desc $s (local.get 0)))
  (func (export "cast") (param anyref (ref $d)) (result (ref $s))
    (ref.cast_desc_eq (ref $s) (local.get 0) (local.get 1)))
  (func (export "open") (param anyref (ref $e)) (result (ref $o))
    (ref.cast_desc_eq (ref $o) (local.get 0) (local.get 1))))

;; CHECK-OPT-LABEL: @f1(
;; CHECK-OPT-NOT: ubsantrap
;; CHECK-OPT: load i32, {{.*}} !range
;; CHECK-OPT-LABEL: @f2(
;; CHECK-OPT: load i64, ptr
;; CHECK-OPT: icmp eq i64
;; CHECK-OPT-NOT: load
;; CHECK-OPT: call void @llvm.ubsantrap(i8 25)

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movl %esi, 4(%rbx,%rax)
;; CHECK-X64-NEXT: movl %edi, 8(%rbx,%rax)
;; CHECK-X64-LABEL: f1:
;; CHECK-X64: movl 4(%rax,%rdi), %eax
;; CHECK-X64-LABEL: f2:
;; CHECK-X64: shlq $32, %rsi
;; CHECK-X64-NEXT: orq %rcx, %rsi
;; CHECK-X64-NEXT: cmpq %rsi, (%rax,%rdi)
;; CHECK-X64: jne
;; The descriptor lies behind the field of the supertype.
;; CHECK-X64-LABEL: f3:
;; CHECK-X64: cmpl %esi, 8(%rax,%rdi)

;; CHECK-A64-LABEL: f1:
;; CHECK-A64: ldr w0, [x8, #4]
;; CHECK-A64-LABEL: f2:
;; CHECK-A64: ldr x8, [x8, x0]
;; CHECK-A64: orr x9, x9, x1, lsl #32
;; CHECK-A64-NEXT: cmp x8, x9
;; CHECK-A64-LABEL: f3:
;; CHECK-A64: ldr w8, [x8, #8]
;; CHECK-A64-NEXT: cmp w8, w1
