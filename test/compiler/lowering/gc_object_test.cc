#include "compiler/lowering/gc_object.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Instructions.h"
#include "runtime/module/value.h"
#include "test/support/lowered_wat.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::ExpectCalls;
using ::wasijit::test::LoweredWat;

// New objects are cut off the free space where they are made; only what does
// not fit is a call, whose failure is a trap.
TEST(GcObject, IsCutOffFreeSpaceInLine) {
  const LoweredWat lowered(R"((module
    (type $s (struct (field i32)))
    (type $a (array i32))
    (func (param i32) (result (ref $s)) (struct.new $s (local.get 0)))
    (func (result (ref $a)) (array.new_fixed $a 1 (i32.const 7)))))");
  for (const uint32_t function : {0u, 1u}) {
    EXPECT_THAT(lowered.Text(function), HasSubstr("new.cut"));
    EXPECT_EQ(lowered.Count<llvm::PHINode>(function), 1u);
    // In front of the new begin of free space, behind what was filled in, and
    // where it traps.
    EXPECT_EQ(lowered.Count<llvm::FenceInst>(function), 3u);
  }
  // Header, begin of free space, field; an array has its length besides.
  EXPECT_EQ(lowered.Count<llvm::StoreInst>(0), 3u);
  EXPECT_EQ(lowered.Count<llvm::StoreInst>(1), 4u);
}

TEST(GcObject, PackedFieldsAreExtendedAsTheInstructionSays) {
  const LoweredWat lowered(R"((module
    (type $s (struct (field i8) (field i16) (field i32)))
    (func (param (ref $s)) (result i32) (struct.get_s $s 0 (local.get 0)))
    (func (param (ref $s)) (result i32) (struct.get_u $s 1 (local.get 0)))
    (func (param (ref $s)) (result i32) (struct.get $s 2 (local.get 0)))))");
  EXPECT_THAT(lowered.Text(0), HasSubstr("sext i8"));
  EXPECT_THAT(lowered.Text(1), HasSubstr("zext i16"));
  EXPECT_THAT(lowered.Text(2), Not(HasSubstr("sext i32")));
}

// With strict traps, a store of a field is one that nothing may move.
TEST(GcObject, StrictTrapsKeepStoresInPlace) {
  constexpr absl::string_view kWat = R"((module
    (type $s (struct (field (mut i32))))
    (func (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 1)))))";
  EXPECT_THAT(LoweredWat(kWat).Text(0), Not(HasSubstr("store volatile")));
  EXPECT_THAT(LoweredWat(kWat, {.strict_traps = true}).Text(0),
              HasSubstr("store volatile"));
}

// Through collections, of which these allocations need many.
TEST(GcObject, LivesAsLongAsItIsReachable) {
  ExpectCalls(R"((module
    (type $list (struct (field i32) (field (ref null $list))))
    (type $bytes (array (mut i8)))
    (func (export "sum") (param $n i32) (result i32)
      (local $head (ref null $list)) (local $i i32) (local $sum i32)
      (loop $more
        (drop (array.new_default $bytes (i32.const 10000)))
        (local.set $head (struct.new $list (local.get $i) (local.get $head)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
      (loop $add
        (local.set $sum (i32.add (local.get $sum)
                                 (struct.get $list 0 (local.get $head))))
        (local.set $head (struct.get $list 1 (local.get $head)))
        (br_if $add (i32.eqz (ref.is_null (local.get $head)))))
      (local.get $sum))
    (func (export "large") (param i32) (result i32)
      (array.len (array.new_default $bytes (local.get 0))))))",
              {{"sum", {Value::I32(2000)}, "i32.const 1999000"},
               {"large", {Value::I32(-1)}, "trap: allocation size too large"},
               {"large", {Value::I32(1 << 20)}, "i32.const 1048576"}});
}

}  // namespace
}  // namespace wasijit::compiler
