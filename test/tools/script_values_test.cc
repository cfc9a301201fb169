#include "tools/script_values.h"

#include <memory>

#include "compiler/text/result_pattern.h"
#include "compiler/text/script.h"
#include "gtest/gtest.h"
#include "runtime/engine.h"
#include "runtime/module/value.h"
#include "runtime/store.h"

namespace wasijit::tools {
namespace {

using compiler::ResultPattern;
using compiler::ScriptArgument;
using Kind = ResultPattern::Kind;

class ScriptValuesTest : public testing::Test {
 protected:
  bool Matches(const Value& value, const ResultPattern& pattern) const {
    return MatchesPattern(store_, value, pattern);
  }
  Value Argument(const ScriptArgument& argument) {
    return ArgumentValue(store_, argument).value_or(Value::I32(-1));
  }
  Value OfHost(ScriptArgument::Kind kind, uint32_t number) {
    ScriptArgument argument;
    argument.kind = kind;
    argument.host = number;
    return Argument(argument);
  }
  Value External(uint32_t number) {
    return OfHost(ScriptArgument::Kind::kExtern, number);
  }
  Value Host(uint32_t number) {
    return OfHost(ScriptArgument::Kind::kHost, number);
  }

  std::unique_ptr<Engine> engine_ = *Engine::Create();
  Store store_{*engine_};
};

ResultPattern Number(int32_t number) {
  ResultPattern pattern;
  pattern.type = ValueType::I32();
  pattern.numbers.emplace_back().bits = static_cast<uint32_t>(number);
  return pattern;
}

ResultPattern Reference(Kind kind, uint32_t host = 0) {
  ResultPattern pattern;
  pattern.kind = kind;
  pattern.host = host;
  return pattern;
}

TEST_F(ScriptValuesTest, ArgumentsAreValues) {
  ScriptArgument seven;
  seven.value = Value::I32(7);
  EXPECT_EQ(Argument(seven).i32(), 7);
  EXPECT_FALSE(External(0).IsNull());
  EXPECT_NE(External(0).ref(), External(1).ref());
  EXPECT_FALSE(Host(0).IsNull());
  EXPECT_TRUE(Host(0).type().heap_type().Is(AbstractHeapType::kAny));
}

TEST_F(ScriptValuesTest, NumbersMatchByTypeAndBits) {
  EXPECT_TRUE(Matches(Value::I32(7), Number(7)));
  EXPECT_FALSE(Matches(Value::I32(8), Number(7)));
  EXPECT_FALSE(Matches(Value::I64(7), Number(7)));
}

TEST_F(ScriptValuesTest, ReferencesMatchByWhatTheyAre) {
  const Value null = Value::Default(ValueType::FuncRef());
  const ResultPattern any_null = Reference(Kind::kNull);
  const ResultPattern one = Reference(Kind::kExtern, 1);
  ResultPattern some = Reference(Kind::kReference);
  some.heap_type = AbstractHeapType::kExtern;
  EXPECT_TRUE(Matches(null, any_null));
  EXPECT_FALSE(Matches(External(1), any_null));
  EXPECT_TRUE(Matches(External(1), one));
  EXPECT_FALSE(Matches(External(2), one));
  EXPECT_FALSE(Matches(null, one));
  EXPECT_TRUE(Matches(External(1), some));
  EXPECT_FALSE(Matches(null, some));
  EXPECT_FALSE(Matches(Value::I32(1), some));
}

TEST_F(ScriptValuesTest, ReferencesOfTheHostMatchInsideToo) {
  const ResultPattern two = Reference(Kind::kHost, 2);
  // Nothing of the host is inside yet.
  EXPECT_FALSE(Matches(External(2), two));
  EXPECT_TRUE(Matches(Host(2), two));
  EXPECT_FALSE(Matches(Host(3), two));
  EXPECT_FALSE(Matches(External(2), two));
  EXPECT_FALSE(Matches(
      Value::Default(ValueType::Ref(AbstractHeapType::kAny, true)), two));
}

TEST_F(ScriptValuesTest, EitherMatchesOneOfTheAlternatives) {
  ResultPattern either = Reference(Kind::kEither);
  either.alternatives = {Number(1), Number(2)};
  EXPECT_TRUE(Matches(Value::I32(1), either));
  EXPECT_TRUE(Matches(Value::I32(2), either));
  EXPECT_FALSE(Matches(Value::I32(3), either));
}

}  // namespace
}  // namespace wasijit::tools
