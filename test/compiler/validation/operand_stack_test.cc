#include "compiler/validation/operand_stack.h"

#include <vector>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

constexpr ValueType kI32 = ValueType::I32();
constexpr ValueType kI64 = ValueType::I64();

ControlFrame Frame(Verb verb, ValueType result = {},
                   const FuncType* func = nullptr) {
  return {.verb = verb,
          .unreachable = false,
          .result = result,
          .func = func,
          .height = 0,
          .initialized = 0};
}

class OperandStackTest : public testing::Test {
 protected:
  OperandStackTest() {
    stack_.Reset(/*max_height=*/100);
    EXPECT_TRUE(stack_.PushFrame(Frame(Verb::kBlock, kI32)));
  }

  Module module_;
  ModuleContext context_{module_, FeatureSet::All()};
  OperandStack stack_{context_};
};

TEST_F(OperandStackTest, PopsWhatWasPushed) {
  stack_.Push(kI32);
  stack_.Push(kI64);
  EXPECT_EQ(stack_.Peek(), kI64);
  EXPECT_EQ(stack_.Peek(1), kI32);
  EXPECT_TRUE(stack_.Pop(kI32, kI64));
  EXPECT_TRUE(stack_.IsEmpty());
}

TEST_F(OperandStackTest, SaysWhatItHasInsteadOfWhatIsRequired) {
  stack_.Push(kI64);
  EXPECT_FALSE(stack_.Pop(kI32, kI32));
  EXPECT_EQ(stack_.error(),
            "type mismatch: instruction requires [i32 i32] but stack has "
            "[i64]");
}

TEST_F(OperandStackTest, AcceptsSubtypes) {
  stack_.Push(ValueType::Ref(AbstractHeapType::kI31, false));
  EXPECT_TRUE(
      stack_.Check(std::vector{ValueType::Ref(AbstractHeapType::kAny, true)}));
  EXPECT_TRUE(stack_.Pop(ValueType::Ref(AbstractHeapType::kEq, true)));
}

TEST_F(OperandStackTest, DoesNotReachBelowTheFrame) {
  stack_.Push(kI32);
  ASSERT_TRUE(stack_.PushFrame(Frame(Verb::kBlock)));
  ValueType type;
  EXPECT_FALSE(stack_.PopAny(type));
  EXPECT_EQ(stack_.Peek(), ValueType());
}

TEST_F(OperandStackTest, GivesAnythingInUnreachableCode) {
  stack_.Push(kI64);
  stack_.SetUnreachable();
  EXPECT_TRUE(stack_.IsEmpty());
  stack_.Push(kI32);
  EXPECT_TRUE(stack_.Pop(std::vector{kI64, kI64, kI32}));
  ValueType type = kI32;
  EXPECT_TRUE(stack_.PopAny(type));
  EXPECT_TRUE(type.IsBottom());
  EXPECT_TRUE(stack_.PeekReference(type));
  EXPECT_TRUE(type.heap_type().Is(AbstractHeapType::kBottom));
}

TEST_F(OperandStackTest, ReplacesTheFrameByItsResults) {
  FuncType func;
  func.params = {kI64};
  func.results = {kI32, kI32};
  ASSERT_TRUE(stack_.PushFrame(Frame(Verb::kLoop, {}, &func)));
  EXPECT_EQ(stack_.frame_count(), 2u);
  EXPECT_EQ(stack_.FrameAt(0).LabelTypes().size(), 1u);
  EXPECT_EQ(stack_.FrameAt(1).LabelTypes().size(), 1u);
  EXPECT_TRUE(stack_.Pop(kI64));
  stack_.Push(kI32);
  stack_.Push(kI32);
  EXPECT_TRUE(stack_.CheckFrameEnd());
  EXPECT_TRUE(stack_.PopFrame());
  EXPECT_TRUE(stack_.Pop(kI32, kI32));
}

TEST_F(OperandStackTest, RefusesSurplusOperandsAtTheEnd) {
  stack_.Push(kI64);
  stack_.Push(kI32);
  EXPECT_FALSE(stack_.CheckFrameEnd());
  EXPECT_EQ(stack_.error(),
            "type mismatch: block requires [i32] but stack has [i64 i32]");
}

TEST_F(OperandStackTest, RestartsAFrameReachable) {
  stack_.SetUnreachable();
  EXPECT_TRUE(stack_.RestartFrame(Verb::kElse, std::vector{kI64}));
  EXPECT_EQ(stack_.top().verb, Verb::kElse);
  EXPECT_FALSE(stack_.Pop(kI32, kI64));
}

TEST_F(OperandStackTest, IsLimited) {
  EXPECT_TRUE(stack_.Push(std::vector<ValueType>(100, kI32)));
  EXPECT_FALSE(stack_.Push(std::vector<ValueType>(3, kI32)));
  EXPECT_EQ(stack_.error(), "too many operands on the stack");
}

}  // namespace
}  // namespace wasijit::compiler
