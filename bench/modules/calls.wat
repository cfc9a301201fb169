;; What call_bench.cc calls, and what calls it back.
(module
  (import "host" "nop" (func $host_nop))
  (import "host" "add" (func $host_add (param i32 i32) (result i32)))
  (type $step (func (param i64) (result i64)))
  (table $steps 2 funcref)
  (elem (table $steps) (i32.const 0) func $increment $double)
  (memory 1)
  (func $increment (type $step) (i64.add (local.get 0) (i64.const 1)))
  (func $double (type $step) (i64.shl (local.get 0) (i64.const 1)))

  (func (export "nop"))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  ;; More than the registers take, of every type.
  (func (export "many")
    (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64) (result f64)
    (f64.add (f64.convert_i64_s (local.get 9)) (local.get 11)))

  (func (export "call_host_nop") (param $n i32)
    (loop $again
      (call $host_nop)
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "call_host_add") (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (call $host_add (local.get $sum) (local.get $n)))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The index comes from memory, so that no call can become direct.
  (func (export "call_indirect") (param $n i32) (result i64)
    (local $value i64)
    (loop $again
      (local.set $value
        (call_indirect $steps (type $step) (local.get $value)
          (i32.and (i32.load (i32.const 0)) (i32.const 1))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $value))

  ;; A recursion that is no loop: two direct calls a step.
  (func $fibonacci (export "fibonacci") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call $fibonacci (i32.sub (local.get $n) (i32.const 1)))
          (call $fibonacci (i32.sub (local.get $n) (i32.const 2))))))))
