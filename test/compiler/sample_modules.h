// Valid modules that together have something of every section and proposal.
#ifndef WASIJIT_TEST_COMPILER_SAMPLE_MODULES_H_
#define WASIJIT_TEST_COMPILER_SAMPLE_MODULES_H_

namespace wasijit::test {

struct SampleModule {
  const char* name;
  const char* text;
};

inline constexpr SampleModule kSampleModules[] = {
    {"sections", R"((module $sample
      (import "env" "f" (func $f (param i32) (result i32)))
      (import "env" "g" (global $g i32))
      (table $t 2 10 funcref)
      (memory $m 1 2)
      (global $counter (mut i64) (i64.const -5))
      (global $sum i32 (i32.add (global.get $g) (i32.const 1)))
      (export "run" (func $run))
      (export "memory" (memory $m))
      (start $init)
      (elem (i32.const 0) $f $run)
      (elem declare func $init)
      (elem $passive funcref (ref.null func) (ref.func $run))
      (func $init)
      (func $run (param $x i32) (result i32) (local $y f64)
        (local.set $y (f64.const 0.5))
        (memory.init $d (i32.const 0) (i32.const 0) (i32.const 2))
        (data.drop $d)
        (block $out (result i32)
          (br_table $out $out (local.get $x) (local.get $x)))
        (call_indirect $t (param i32) (result i32) (i32.const 0)))
      (data (i32.const 8) "text\00\ff")
      (data $d "passive")))"},
    {"control", R"((module
      (func (param i32 i32) (result i32 i32)
        (local.get 0) (local.get 1)
        (if (param i32) (result i32)
          (then (i32.const 1) (i32.add))
          (else (drop) (i32.const 2)))
        (i32.const 3)
        (loop $l (param i32 i32) (result i32 i32)
          (br_if $l (i32.const 0)))
        (br 0))
      (func $tail (param i64) (return_call $tail (local.get 0)))))"},
    {"vectors", R"((module (memory 1)
      (func (result v128)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
          (v128.load offset=3 align=4 (i32.const 0))
          (v128.const i32x4 1 2 3 4))
        (i32x4.replace_lane 3 (i32.const 1))
        (v128.load16_lane offset=1 7 (i32.const 0) (v128.const i64x2 0 0))
        (f32x4.relaxed_madd (v128.const f32x4 1 nan inf -0)))))"},
    {"gc", R"((module
      (rec (type $node (sub (struct (field (mut (ref null $node)))
                                    (field i8))))
           (type $array (array (mut i16))))
      (type $leaf (sub final $node (struct (field (mut (ref null $node)))
                                           (field i8) (field f32))))
      (type $f (func (param (ref $leaf)) (result i32)))
      (global $n (ref $leaf) (struct.new_default $leaf))
      (table 1 (ref null $f))
      (elem declare func $callee)
      (func $callee (type $f) (struct.get_u $leaf 1 (local.get 0)))
      (func (param anyref) (result i32) (local $r (ref $leaf))
        (local.set $r (global.get $n))
        (block $no (result anyref)
          (br_on_cast_fail $no anyref (ref $leaf) (local.get 0))
          (return (call_ref $f (ref.func $callee))))
        (ref.test (ref null $node))
        (array.len (array.new_fixed $array 2 (i32.const 1) (i32.const 2)))
        (i32.add)
        (i31.get_s (ref.i31 (i32.const 3)))
        (i32.add))))"},
    {"exceptions", R"((module
      (tag $e (param i32 f64))
      (func (result i32)
        (block $all
          (block $caught (result i32 f64 exnref)
            (try_table (catch_ref $e $caught) (catch_all $all)
              (throw $e (i32.const 1) (f64.const 2)))
            (unreachable))
          (throw_ref))
        (i32.const 0))
      (func (result i32)
        try $t (result i32)
          (throw $e (i32.const 1) (f64.const 2))
        catch $e
          drop
        catch_all
          rethrow $t
        end)))"},
    {"memories", R"((module
      (memory $a i64 1 2)
      (memory $b 1 1 shared)
      (memory $c 5 (pagesize 1))
      (table $t i64 1 externref)
      (func (param i64 i32)
        (i32.atomic.rmw.add $b (local.get 1) (i32.const 1))
        (drop)
        (atomic.fence)
        (memory.copy $a $b (local.get 0) (local.get 1) (i32.const 4))
        (i64.store $a offset=0x100000000 (local.get 0) (i64.const 7))
        (table.set $t (local.get 0) (ref.null extern))
        (i64.mul_wide_u (local.get 0) (i64.load $c (i32.const 0)))
        (drop) (drop))))"},
    {"descriptors", R"((module
      (rec (type $a (descriptor $b) (struct))
           (type $b (describes $a) (struct (field i32))))
      (func (param (ref null $b)) (result (ref (exact $b)))
        (struct.new_default_desc $a (struct.new $b (i32.const 1)))
        (ref.get_desc $a))))"},
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_COMPILER_SAMPLE_MODULES_H_
