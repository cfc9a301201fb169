#include "runtime/module/const_expr.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

Value Reference(AbstractHeapType type, uint64_t bits) {
  return Value::Ref(ValueType::Ref(type, /*nullable=*/false), bits);
}

// Writes down what is asked of it.
class RecordingContext : public ConstExprContext {
 public:
  Value Global(uint32_t global) override {
    return Value::I32(static_cast<int32_t>(1000 + global));
  }
  Value FunctionReference(uint32_t function) override {
    return Reference(AbstractHeapType::kFunc, 100 + function);
  }
  absl::StatusOr<Value> NewStruct(uint32_t type, absl::Span<const Value> fields,
                                  const Value* descriptor) override {
    Record(absl::StrCat("struct ", type), fields);
    if (descriptor != nullptr) {
      absl::StrAppend(&record, " descriptor ", ToString(*descriptor));
    }
    return Reference(AbstractHeapType::kStruct, 1);
  }
  absl::StatusOr<Value> NewArray(uint32_t type, const Value& element,
                                 uint32_t length) override {
    if (length > 1000) return absl::ResourceExhaustedError("out of memory");
    Record(absl::StrCat("array ", type, " of ", length), {&element, 1});
    return Reference(AbstractHeapType::kArray, 2);
  }
  absl::StatusOr<Value> NewArrayOf(uint32_t type,
                                   absl::Span<const Value> elements) override {
    Record(absl::StrCat("array ", type), elements);
    return Reference(AbstractHeapType::kArray, 3);
  }
  Value NewI31(uint32_t value) override {
    return Reference(AbstractHeapType::kI31, value);
  }
  absl::StatusOr<Value> ConvertReference(const Value& reference,
                                         ValueType type) override {
    return Value::Ref(type, reference.ref());
  }

  std::string record;

 private:
  void Record(const std::string& what, absl::Span<const Value> values) {
    absl::StrAppend(&record, what, ":");
    for (const Value& value : values) {
      absl::StrAppend(&record, " ", ToString(value));
    }
  }
};

// Types: 0 (struct i32 i64), 1 (array i8), 2 (func).
Module ModuleWith(const Bytes& expression) {
  Module module;
  StructType structure;
  structure.fields = {{{ValueType::I32()}, false}, {{ValueType::I64()}, false}};
  module.types.resize(3);
  module.types[0].composite = structure;
  module.types[1].composite =
      ArrayType{{{ValueType::I32(), PackedType::kI8}, true}};
  module.types[2].composite = FuncType();
  module.globals.resize(2);
  module.functions.resize(4);
  module.bytes = std::make_shared<const Bytes>(expression);
  return module;
}

absl::StatusOr<Value> Evaluate(const Bytes& expression,
                               RecordingContext& context) {
  const Module module = ModuleWith(expression);
  return EvaluateConstExpr(
      module, {{0, static_cast<uint32_t>(expression.size())}}, context);
}

TEST(EvaluateConstExpr, GivesTheValue) {
  const struct {
    Bytes expression;
    Value value;
  } kCases[] = {
      {{0x41, 0x7f, 0x0b}, Value::I32(-1)},
      {{0x42, 0x80, 0x7f, 0x0b}, Value::I64(-128)},
      {{0x43, 0x00, 0x00, 0xa0, 0x7f, 0x0b}, Value::F32Bits(0x7fa00000)},
      {{0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0b}, Value::F64(1.0)},
      {{0xfd, 0x0c, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0x0b},
       Value::Vector(V128::FromLanes<uint32_t>({1, 2, 3, 4}))},
      {{0xd0, 0x70, 0x0b}, Value::Default(ValueType::FuncRef())},
      {{0xd2, 0x03, 0x0b}, Reference(AbstractHeapType::kFunc, 103)},
      {{0x23, 0x01, 0x0b}, Value::I32(1001)},
      // Arithmetic wraps.
      {{0x23, 0x00, 0x41, 0x05, 0x6a, 0x0b}, Value::I32(1005)},
      {{0x41, 0x03, 0x41, 0x05, 0x6b, 0x0b}, Value::I32(-2)},
      {{0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x41, 0x03, 0x6c, 0x0b},
       Value::I32(INT32_MIN)},
      {{0x42, 0x7f, 0x42, 0x01, 0x7c, 0x0b}, Value::I64(0)},
      {{0x42, 0x00, 0x42, 0x01, 0x7d, 0x0b}, Value::I64(-1)},
      {{0x42, 0x7f, 0x42, 0x05, 0x7e, 0x0b}, Value::I64(-5)},
      {{0x41, 0x07, 0xfb, 0x1c, 0x0b}, Reference(AbstractHeapType::kI31, 7)},
      {{0x41, 0x07, 0xfb, 0x1c, 0xfb, 0x1b, 0x0b},
       Reference(AbstractHeapType::kExtern, 7)},
      {{0xd0, 0x6f, 0xfb, 0x1a, 0x0b},
       Value::Default(ValueType::Ref(AbstractHeapType::kAny, true))},
  };
  for (const auto& c : kCases) {
    RecordingContext context;
    EXPECT_THAT(Evaluate(c.expression, context), IsOkAndHolds(c.value));
  }
}

TEST(EvaluateConstExpr, AllocatesThroughTheContext) {
  const struct {
    Bytes expression;
    std::string record;
  } kCases[] = {
      {{0x41, 0x01, 0x42, 0x02, 0xfb, 0x00, 0x00, 0x0b},
       "struct 0: i32.const 1 i64.const 2"},
      {{0xfb, 0x01, 0x00, 0x0b}, "struct 0: i32.const 0 i64.const 0"},
      {{0x41, 0x01, 0x42, 0x02, 0x23, 0x01, 0xfb, 0x20, 0x00, 0x0b},
       "struct 0: i32.const 1 i64.const 2 descriptor i32.const 1001"},
      {{0x23, 0x01, 0xfb, 0x21, 0x00, 0x0b},
       "struct 0: i32.const 0 i64.const 0 descriptor i32.const 1001"},
      {{0x41, 0x09, 0x41, 0x05, 0xfb, 0x06, 0x01, 0x0b},
       "array 1 of 5: i32.const 9"},
      {{0x41, 0x05, 0xfb, 0x07, 0x01, 0x0b}, "array 1 of 5: i32.const 0"},
      {{0x41, 0x01, 0x41, 0x02, 0x41, 0x03, 0xfb, 0x08, 0x01, 0x03, 0x0b},
       "array 1: i32.const 1 i32.const 2 i32.const 3"},
  };
  for (const auto& c : kCases) {
    RecordingContext context;
    EXPECT_OK(Evaluate(c.expression, context));
    EXPECT_EQ(context.record, c.record);
  }
}

TEST(EvaluateConstExpr, PassesErrorsOfTheContextOn) {
  RecordingContext context;
  EXPECT_THAT(
      Evaluate({0x41, 0xff, 0xff, 0x00, 0xfb, 0x07, 0x01, 0x0b}, context),
      StatusIs(absl::StatusCode::kResourceExhausted, "out of memory"));
}

// A damaged image may have any expression.
TEST(EvaluateConstExpr, RefusesWhatIsNotValid) {
  const struct {
    Bytes expression;
    std::string error;
  } kCases[] = {
      {{}, "unexpected end"},
      {{0x0b}, "type mismatch"},
      {{0x41, 0x00}, "unexpected end"},
      {{0x41, 0x00, 0x41, 0x00, 0x0b}, "type mismatch"},
      {{0x6a, 0x0b}, "type mismatch"},
      {{0x41, 0x00, 0x6a, 0x0b}, "type mismatch"},
      {{0x23, 0x02, 0x0b}, "unknown global"},
      {{0xd2, 0x04, 0x0b}, "unknown function"},
      {{0x41, 0x00, 0xfb, 0x00, 0x00, 0x0b}, "type mismatch"},
      {{0xfb, 0x00, 0x01, 0x0b}, "unknown type"},
      {{0xfb, 0x01, 0x03, 0x0b}, "unknown type"},
      {{0xfb, 0x07, 0x02, 0x0b}, "unknown type"},
      {{0xfb, 0x08, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b}, "type mismatch"},
      {{0xfb, 0x1c, 0x0b}, "type mismatch"},
      {{0x41, 0x00, 0xfb, 0x1b, 0x0b}, "type mismatch"},
      {{0x20, 0x00, 0x0b}, "constant expression required"},
      {{0xfb, 0x80, 0x80, 0x04, 0x0b}, "constant expression required"},
  };
  for (const auto& c : kCases) {
    RecordingContext context;
    EXPECT_THAT(
        Evaluate(c.expression, context),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.error)))
        << testing::PrintToString(c.expression);
  }
}

TEST(VisitFunctionReferences, FindsThemAmongOtherInstructions) {
  // The 0xd2 bytes in the constants are not instructions.
  const Bytes expression = {0x41, 0xd2, 0x00, 0xd2, 0x05, 0x43,
                            0xd2, 0xd2, 0xd2, 0xd2, 0xd2, 0x81,
                            0x01, 0xfb, 0x08, 0x01, 0x02, 0x0b};
  std::vector<uint32_t> functions;
  EXPECT_OK(VisitFunctionReferences(
      expression, [&](uint32_t function) { functions.push_back(function); }));
  EXPECT_THAT(functions, ElementsAre(5, 129));
  EXPECT_THAT(VisitFunctionReferences(Bytes{0xd2}, [](uint32_t) {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("unexpected end")));
}

}  // namespace
}  // namespace wasijit
