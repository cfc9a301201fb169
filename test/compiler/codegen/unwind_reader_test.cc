#include "compiler/codegen/unwind_reader.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "runtime/abi/unwind_tables.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::wasijit::test::ModuleFromIr;
using ::wasijit::test::StatusIs;

// f1 catches what comes out of its first two calls, but not out of the third;
// f2 makes its frame only where it needs one; f3 makes no call.
constexpr absl::string_view kIr = R"(
  define swiftcc i64 @f1(ptr swiftself %c, i64 %a, i64 %b) #0
      personality ptr @wasijit.personality {
  entry:
    %x = invoke swiftcc i64 @f9(ptr swiftself %c, i64 %a)
        to label %ok unwind label %pad
  ok:
    %y = invoke swiftcc i64 @f9(ptr swiftself %c, i64 %x)
        to label %ok2 unwind label %pad
  ok2:
    %z = call swiftcc i64 @f9(ptr swiftself %c, i64 %y)
    %s = add i64 %x, %z
    ret i64 %s
  pad:
    %p = phi i64 [%a, %entry], [%x, %ok]
    %l = landingpad {ptr, i32} cleanup
    %e = extractvalue {ptr, i32} %l, 0
    %t = load i64, ptr %e
    %q = add i64 %p, %b
    %r = add i64 %t, %q
    ret i64 %r
  }
  define swiftcc void @f2(ptr swiftself %c, i64 %a) #0 {
    %z = icmp eq i64 %a, 0
    br i1 %z, label %n, label %m
  m:
    %x = call swiftcc i64 @f9(ptr swiftself %c, i64 %a)
    %y = call swiftcc i64 @f9(ptr swiftself %c, i64 %a)
    ret void
  n:
    ret void
  }
  define swiftcc void @f3(ptr swiftself %c) #0 {
    ret void
  }
  declare swiftcc i64 @f9(ptr swiftself, i64)
  declare void @wasijit.personality()
  attributes #0 = { "frame-pointer"="all" }
)";

class UnwindReader : public testing::TestWithParam<InstructionSet> {
 protected:
  std::unique_ptr<llvm::MemoryBuffer> Emit(absl::string_view ir) {
    absl::StatusOr<Target> target = Target::Create(GetParam(), "baseline");
    EXPECT_OK(target);
    llvm::LLVMContext context;
    return EmitObject(
        *ModuleFromIr(ir, *target, context),
        *target->CreateTargetMachine(llvm::CodeGenOptLevel::Default));
  }
  uint32_t RegisterCount() const {
    return static_cast<uint32_t>(TraitsOf(GetParam()).saved_registers.size());
  }
};

INSTANTIATE_TEST_SUITE_P(InstructionSets, UnwindReader,
                         testing::Values(InstructionSet::kX86_64,
                                         InstructionSet::kAArch64),
                         [](const auto& info) {
                           return info.param == InstructionSet::kX86_64
                                      ? "X86_64"
                                      : "AArch64";
                         });

const FunctionUnwind* Find(const std::vector<FunctionUnwind>& unwind,
                           uint32_t function) {
  for (const FunctionUnwind& candidate : unwind) {
    if (candidate.function == function) return &candidate;
  }
  return nullptr;
}

TEST_P(UnwindReader, ReadsFramesAndLandingPads) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(kIr);
  ASSERT_OK_AND_ASSIGN(const std::vector<FunctionUnwind> unwind,
                       ReadUnwindInfo(*object, TraitsOf(GetParam())));
  const FunctionUnwind* catching = Find(unwind, 1);
  ASSERT_NE(catching, nullptr);
  // What lives across calls: two arguments, a result.
  EXPECT_THAT(catching->saved_registers.size(), testing::Ge(2u));
  EXPECT_THAT(catching->caller_stack, testing::Ge(16));
  uint32_t next = 0;
  for (const SavedRegister& saved : catching->saved_registers) {
    EXPECT_GE(saved.index, next);
    next = saved.index + 1;
    EXPECT_LT(saved.index, RegisterCount());
    EXPECT_EQ(saved.offset % 8, 0);
    // Neither where the frame pointer nor where the return address lies.
    EXPECT_TRUE(saved.offset < 0 || saved.offset >= 16);
    EXPECT_LT(saved.offset, catching->caller_stack);
  }
  // LLVM joins neighbours; the last call is not covered.
  ASSERT_THAT(catching->landing_pads, testing::Not(IsEmpty()));
  for (const LandingPad& pad : catching->landing_pads) {
    EXPECT_LT(pad.begin, pad.end);
    EXPECT_LT(pad.end, pad.target);
    EXPECT_EQ(pad.target, catching->landing_pads[0].target);
  }

  const FunctionUnwind* wrapped = Find(unwind, 2);
  ASSERT_NE(wrapped, nullptr);
  EXPECT_THAT(wrapped->saved_registers, SizeIs(1));
  EXPECT_THAT(wrapped->landing_pads, IsEmpty());
  EXPECT_EQ(Find(unwind, 9), nullptr);
}

TEST_P(UnwindReader, NeedsNoFrames) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(R"(
    define void @f1() nounwind {
      ret void
    })");
  ASSERT_OK_AND_ASSIGN(const std::vector<FunctionUnwind> unwind,
                       ReadUnwindInfo(*object, TraitsOf(GetParam())));
  EXPECT_THAT(unwind, IsEmpty());
}

TEST_P(UnwindReader, RefusesWhatIsNoObject) {
  EXPECT_THAT(ReadUnwindInfo(llvm::MemoryBufferRef("no object", "test"),
                             TraitsOf(GetParam())),
              StatusIs(absl::StatusCode::kInternal, testing::_));
}

}  // namespace
}  // namespace wasijit::compiler
