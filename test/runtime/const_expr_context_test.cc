#include "runtime/const_expr_context.h"

#include "gtest/gtest.h"
#include "runtime/instance.h"
#include "runtime/module/value.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

class ConstExprContextTest : public RuntimeTest {
 protected:
  ConstExprContextTest() {
    ImageBuilder builder;
    const uint32_t type = builder.Type({}, {});
    builder.Function(type, TrapCode(TrapKind::kUnreachable), "f");
    builder.Function(type, TrapCode(TrapKind::kUnreachable));
    builder.Global(kI64, false, I64Const(9));
    instance_ = &MakeInstance(builder);
  }

  Instance* instance_;
};

TEST_F(ConstExprContextTest, SeesGlobalsAndFunctions) {
  InstanceConstExprContext context(*instance_);
  EXPECT_EQ(context.Global(0), Value::I64(9));
  const Value reference = context.FunctionReference(0);
  EXPECT_EQ(Function::FromReference(reference), instance_->FindFunction("f"));
}

TEST_F(ConstExprContextTest, SurvivesIndicesThatDoNotExist) {
  InstanceConstExprContext context(*instance_);
  context.Global(1);
  context.Global(UINT32_MAX);
  // Neither exported nor declared: no reference can be made to it.
  EXPECT_TRUE(context.FunctionReference(1).IsNull());
  EXPECT_TRUE(context.FunctionReference(2).IsNull());
  EXPECT_TRUE(context.FunctionReference(UINT32_MAX).IsNull());
}

// Of a module that has no such types only a damaged image asks.
TEST_F(ConstExprContextTest, RefusesObjectsWithoutTypes) {
  InstanceConstExprContext context(*instance_);
  EXPECT_THAT(context.NewStruct(0, {}, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
  EXPECT_THAT(context.NewArray(0, Value::I32(0), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
  EXPECT_THAT(context.NewArrayOf(0, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
}

TEST_F(ConstExprContextTest, NumbersKeepTheir31Bits) {
  InstanceConstExprContext context(*instance_);
  EXPECT_FALSE(context.NewI31(0).IsNull());
  EXPECT_NE(context.NewI31(1), context.NewI31(2));
  EXPECT_EQ(context.NewI31(0x80000001), context.NewI31(1));
}

TEST_F(ConstExprContextTest, ConversionsLoseNothing) {
  InstanceConstExprContext context(*instance_);
  const Value external = Value::Ref(ValueType::ExternRef(), 3);
  const ValueType anyref =
      ValueType::Ref(AbstractHeapType::kAny, /*nullable=*/true);
  const auto internal = context.ConvertReference(external, anyref);
  ASSERT_OK(internal);
  // What it made is kept.
  (*store_->gc_heap())->Collect();
  const auto back = context.ConvertReference(*internal, ValueType::ExternRef());
  ASSERT_OK(back);
  EXPECT_EQ(*back, external);
  EXPECT_TRUE(
      context.ConvertReference(Value::Default(anyref), ValueType::ExternRef())
          ->IsNull());
}

}  // namespace
}  // namespace wasijit::test
