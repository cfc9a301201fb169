;; A reference that is stored into an object is noted in a card, a byte in front
;; of the heap's base; numbers, functions and null are not.
(module
  (type $node (struct (field (mut anyref)) (field (mut i32))
                      (field (mut funcref))))
  (type $nodes (array (mut anyref)))
  (func (export "field") (param (ref $node) anyref)
    (struct.set $node 0 (local.get 0) (local.get 1)))
  (func (export "null") (param (ref $node))
    (struct.set $node 0 (local.get 0) (ref.null any)))
  (func (export "number") (param (ref $node) i32 funcref)
    (struct.set $node 1 (local.get 0) (local.get 1))
    (struct.set $node 2 (local.get 0) (local.get 2)))
  (func (export "element") (param (ref $nodes) i32 anyref)
    (array.set $nodes (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param (ref $nodes) i32 (ref $nodes) i32 i32)
    (array.copy $nodes $nodes (local.get 0) (local.get 1) (local.get 2)
      (local.get 3) (local.get 4))))

;; CHECK-IR-LABEL: @f0(
;; CHECK-IR: lshr i64 %{{.*}}, 9
;; CHECK-IR: store i8 1
;; CHECK-IR-LABEL: @f1(
;; CHECK-IR-NOT: store i8
;; CHECK-IR-LABEL: @f2(
;; CHECK-IR-NOT: store i8
;; CHECK-IR-LABEL: @f3(
;; CHECK-IR: store i8 1
;; CHECK-IR-LABEL: @f4(
;; CHECK-IR: call void @llvm.memmove.
;; CHECK-IR: call void @llvm.memset.{{.*}}, i8 1, i64

;; CHECK-X64-LABEL: f0:
;; CHECK-X64: movl %esi, 4(%[[BASE:r..]],%rdi)
;; CHECK-X64: shrq $9, %rdi
;; CHECK-X64: movb $1, -8454144(%[[BASE]],%rdi)

;; CHECK-A64-LABEL: f0:
;; CHECK-A64: add x{{[0-9]+}}, x{{[0-9]+}}, x0, lsr #9
;; CHECK-A64: str w1, [x{{[0-9]+}}, #4]
;; CHECK-A64: strb w
