#include "compiler/text/script_parser.h"

#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/text/script.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/small_stack.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::wasijit::test::IsOk;
using ::wasijit::test::StatusIs;

// The only command of a script.
template <typename T>
T Only(absl::string_view source) {
  const absl::StatusOr<Script> script = ParseScript(source);
  EXPECT_OK(script);
  if (!script.ok() || script->commands.size() != 1) return {};
  const T* body = std::get_if<T>(&script->commands[0].body);
  EXPECT_NE(body, nullptr) << source;
  return body == nullptr ? T() : *body;
}

TEST(ParseScript, ReadsModules) {
  using Form = ScriptModule::Form;
  const struct {
    absl::string_view source;
    Form form;
    absl::string_view name;
    bool is_definition;
    absl::string_view content;
  } kCases[] = {
      {"(module)", Form::kText, "", false, ""},
      {"(module $m (func))", Form::kText, "m", false, ""},
      {"(func) (memory 1)", Form::kText, "", false, ""},
      {"(module definition $m)", Form::kText, "m", true, ""},
      {"(module binary \"\\00asm\" \"x\")", Form::kBinary, "", false,
       absl::string_view("\0asmx", 5)},
      {"(module definition $m quote \"(func\" \")\")", Form::kQuote, "m", true,
       "(func)"},
  };
  for (const auto& test : kCases) {
    const auto module = Only<ScriptModule>(test.source);
    EXPECT_EQ(module.form, test.form) << test.source;
    EXPECT_EQ(module.name, test.name) << test.source;
    EXPECT_EQ(module.is_definition, test.is_definition) << test.source;
    EXPECT_EQ(module.content, test.content) << test.source;
  }
}

TEST(ParseScript, ReadsInstancesAndRegistrations) {
  const auto instance = Only<InstanceCommand>("(module instance $i $d)");
  EXPECT_EQ(instance.name, "i");
  EXPECT_EQ(instance.definition, "d");
  const auto registration = Only<RegisterCommand>("(register \"a b\" $i)");
  EXPECT_EQ(registration.module, "a b");
  EXPECT_EQ(registration.instance, "i");
}

TEST(ParseScript, ReadsActions) {
  const auto call = Only<Action>("(invoke $m \"f\" (i32.const 1))");
  EXPECT_EQ(call.kind, Action::Kind::kInvoke);
  EXPECT_EQ(call.instance, "m");
  EXPECT_EQ(call.name, "f");
  EXPECT_EQ(call.arguments.size(), 1u);
  const auto get = Only<Action>("(get \"g\")");
  EXPECT_EQ(get.kind, Action::Kind::kGet);
  EXPECT_EQ(get.instance, "");
}

TEST(ParseScript, ReadsAssertionsAboutModules) {
  using Kind = ModuleAssertion::Kind;
  const struct {
    absl::string_view word;
    Kind kind;
  } kCases[] = {
      {"assert_malformed", Kind::kMalformed},
      {"assert_invalid", Kind::kInvalid},
      {"assert_unlinkable", Kind::kUnlinkable},
      {"assert_trap", Kind::kTrap},
      {"assert_malformed_custom", Kind::kMalformedCustom},
      {"assert_invalid_custom", Kind::kInvalidCustom},
  };
  for (const auto& test : kCases) {
    const auto assertion = Only<ModuleAssertion>(
        "(" + std::string(test.word) + " (module quote \"x\") \"why\")");
    EXPECT_EQ(assertion.kind, test.kind) << test.word;
    EXPECT_EQ(assertion.module.content, "x") << test.word;
    EXPECT_EQ(assertion.message, "why") << test.word;
  }
}

TEST(ParseScript, ReadsAssertionsAboutActions) {
  const auto returned = Only<ActionAssertion>(
      "(assert_return (invoke \"f\") (i32.const 1) (ref.func))");
  EXPECT_EQ(returned.kind, ActionAssertion::Kind::kReturn);
  EXPECT_EQ(returned.results.size(), 2u);
  const auto trapped =
      Only<ActionAssertion>("(assert_trap (invoke \"f\") \"unreachable\")");
  EXPECT_EQ(trapped.kind, ActionAssertion::Kind::kTrap);
  EXPECT_EQ(trapped.message, "unreachable");
  EXPECT_EQ(
      Only<ActionAssertion>("(assert_exhaustion (invoke \"f\") \"stack\")")
          .kind,
      ActionAssertion::Kind::kExhaustion);
  EXPECT_EQ(Only<ActionAssertion>("(assert_exception (invoke \"f\"))").kind,
            ActionAssertion::Kind::kException);
}

TEST(ParseScript, ReadsThreads) {
  const auto thread = Only<std::shared_ptr<const ThreadCommand>>(
      "(thread $t (shared (module $m)) (register \"m\" $m) (invoke \"f\"))");
  ASSERT_NE(thread, nullptr);
  EXPECT_EQ(thread->name, "t");
  EXPECT_THAT(thread->shared, ElementsAre("m"));
  EXPECT_EQ(thread->commands.size(), 2u);
  EXPECT_EQ(Only<WaitCommand>("(wait $t)").thread, "t");
}

TEST(ParseScript, NamesWhatIsWrongAndWhere) {
  const struct {
    absl::string_view source;
    absl::string_view message;
  } kCases[] = {
      {"(frobnicate)", "unknown operator frobnicate"},
      {"(module) 1", "unexpected token"},
      {"(invoke f)", "unknown operator f"},
      {"(assert_return (i32.const 1))", "unexpected token"},
      {"(assert_invalid (func) \"x\")", "unexpected token"},
      {"(register \"\\ff\")", "malformed UTF-8 encoding"},
      {"(thread $a (thread $b))", "unexpected token"},
      {"(module \"", "unclosed string"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(ParseScript(test.source),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith(std::string(test.message))))
        << test.source;
  }
  EXPECT_THAT(ParseScript("(module)\n  (frobnicate)"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2:4")));
}

// What nests in the text must not nest on the stack.
TEST(ParseScript, TakesAMillionNestedThingsOnASmallStack) {
  for (const absl::string_view unit : {"(",
                                       "(;",
                                       "(@x ",
                                       "(module ",
                                       "(module binary (",
                                       "(module quote (",
                                       "(module definition ",
                                       "(module instance ",
                                       "(register ",
                                       "(invoke ",
                                       "(invoke \"\" ",
                                       "(get \"\" ",
                                       "(assert_return ",
                                       "(assert_return (invoke \"\") ",
                                       "(assert_trap (module ",
                                       "(assert_exhaustion ",
                                       "(assert_exception ",
                                       "(assert_malformed ",
                                       "(assert_invalid (module ",
                                       "(assert_unlinkable (module ",
                                       "(assert_malformed_custom (module ",
                                       "(thread ",
                                       "(thread $a (shared ",
                                       "(thread $a (shared (module ",
                                       "(wait "}) {
    std::string source;
    for (int i = 0; i < 1'000'000; ++i) absl::StrAppend(&source, unit);
    test::RunOnSmallStack([&] {
      EXPECT_THAT(ParseScript(source),
                  StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
          << unit;
    });
  }
  std::string either = "(assert_return (invoke \"\") ";
  for (int i = 0; i < 1'000'000; ++i) absl::StrAppend(&either, "(either ");
  test::RunOnSmallStack(
      [&] { EXPECT_FALSE(ParseScript(either).ok()) << "either"; });
}

// What is wrong in a module is its own error, when it is asked for.
TEST(ParseScriptModule, GivesTheModuleOrItsError) {
  constexpr absl::string_view kSource =
      "(module (func i32.add))"
      "(module binary \"\\00asm\\01\\00\\00\\00\")"
      "(module quote \"(memory 1)\")"
      "(module (func (local.get $x)))"
      "(module binary \"asm\")"
      "(module quote \"(func\")";
  ASSERT_OK_AND_ASSIGN(const Script script, ParseScript(kSource));
  ASSERT_EQ(script.commands.size(), 6u);
  const auto module = [&](size_t i) {
    return ParseScriptModule(script,
                             std::get<ScriptModule>(script.commands[i].body));
  };
  for (size_t i = 0; i < 3; ++i) EXPECT_THAT(module(i), IsOk()) << i;
  EXPECT_EQ(module(2)->memories.size(), 1u);
  const absl::string_view kMessages[] = {"unknown local", "unexpected end",
                                         "unexpected token"};
  for (size_t i = 3; i < 6; ++i) {
    EXPECT_THAT(module(i), StatusIs(absl::StatusCode::kInvalidArgument,
                                    StartsWith(std::string(kMessages[i - 3]))))
        << i;
  }
}

}  // namespace
}  // namespace wasijit::compiler
