#include "runtime/function.h"

#include "gtest/gtest.h"
#include "runtime/host_function.h"
#include "runtime/module/value.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

using FunctionTest = RuntimeTest;

TEST_F(FunctionTest, ReferencesLeadBackToTheFunction) {
  Function& function =
      NewFunction(HostFunction::Wrap([](int32_t) { return 1.0; }));
  const Value reference = function.Reference();
  EXPECT_FALSE(reference.type().IsNullable());
  EXPECT_TRUE(reference.type().heap_type().IsConcrete());
  EXPECT_EQ(Function::FromReference(reference), &function);
  EXPECT_EQ(Function::Reference(&function).type(), ValueType::FuncRef());
  EXPECT_EQ(Function::FromReference(Function::Reference(&function)), &function);
  EXPECT_EQ(Function::FromReference(Function::Reference(nullptr)), nullptr);
}

TEST_F(FunctionTest, EqualTypesHaveEqualIds) {
  Function& a = NewFunction(HostFunction::Wrap([](int32_t) { return 1.0; }));
  Function& b = NewFunction(HostFunction::Wrap([](uint32_t) { return 2.0; }));
  Function& c = NewFunction(HostFunction::Wrap([](int32_t) { return 1.0f; }));
  EXPECT_EQ(a.type_id(), b.type_id());
  EXPECT_NE(a.type_id(), c.type_id());
  EXPECT_EQ(a.instance(), nullptr);
  EXPECT_EQ(&a.store(), store_.get());
}

}  // namespace
}  // namespace wasijit::test
