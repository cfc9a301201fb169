#include "compiler/jit/function_cost.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::ModuleFromWat;

constexpr OptimizationLevel kNone = OptimizationLevel::kNone;
constexpr OptimizationLevel kQuick = OptimizationLevel::kQuick;
constexpr OptimizationLevel kFull = OptimizationLevel::kFull;

std::string Repeated(int count, absl::string_view text) {
  std::string result;
  for (int i = 0; i < count; ++i) absl::StrAppend(&result, text);
  return result;
}

// `count` constructs inside each other.
std::string Nested(int count, absl::string_view open,
                   absl::string_view body = "") {
  return absl::StrCat(Repeated(count, open), body, Repeated(count, " end "));
}

Module ModuleWithBody(absl::string_view body) {
  absl::StatusOr<Module> module =
      ModuleFromWat(absl::StrCat("(module (memory 1) (table 1 funcref) (tag $e)"
                                 " (type $wide (func (param ",
                                 Repeated(1000, "i32 "),
                                 ")))"
                                 " (func (param i32) (local ",
                                 Repeated(1000, "i32 "), ")\n", body, ")",
                                 " (func $wide (type $wide)) (func $narrow))"));
  EXPECT_OK(module);
  return module.ok() ? *std::move(module) : Module();
}

constexpr absl::string_view kAdd =
    "local.get 0 i32.const 1 i32.add local.set 0\n";
constexpr absl::string_view kStore = "i32.const 8 local.get 0 i32.store\n";
constexpr absl::string_view kBlock = "block local.get 0 br_if 0 end\n";
constexpr absl::string_view kCheckedCall =
    "local.get 0 call_indirect (param) (result)\n";

TEST(FunctionCost, DecidesTheLevel) {
  const struct {
    const char* name;
    std::string body;
    OptimizationLevel expected;
  } kCases[] = {
      {"nothing", "", kFull},
      {"an ordinary function",
       Repeated(200, absl::StrCat(kAdd, kStore, kBlock)), kFull},
      {"ordinary loops", Nested(10, "loop "), kFull},
      {"deep loops", Nested(50, "loop "), kNone},
      {"loops behind each other", Repeated(50, "loop end\n"), kFull},
      {"deep blocks", Nested(50, "block "), kFull},
      {"a long block", Repeated(2'000, kStore), kFull},
      {"a very long block", Repeated(5'000, kStore), kNone},
      {"one that only branches make short",
       Repeated(10, absl::StrCat(Repeated(500, kStore), kBlock)), kFull},
      {"one that constructs do not make short",
       Repeated(10, absl::StrCat(Repeated(500, kStore), "block end\n")), kNone},
      {"many branches", Repeated(10'000, kBlock), kQuick},
      {"very many branches", Repeated(30'000, kBlock), kNone},
      {"many checked calls", Repeated(1'000, kCheckedCall), kQuick},
      {"a call with many arguments",
       absl::StrCat(Repeated(1000, "local.get 0 "), "call $wide\n"), kFull},
      {"calls with many arguments",
       Repeated(20,
                absl::StrCat(Repeated(1000, "local.get 0 "), "call $wide\n")),
       kNone},
      {"calls that may be caught",
       absl::StrCat("try_table\n", Repeated(2'000, "call $narrow\n"), "end"),
       kQuick},
      {"calls that may not", Repeated(2'000, "call $narrow\n"), kFull},
      {"a large branch table",
       absl::StrCat("block local.get 0 br_table ", Repeated(5'000, "0 "),
                    " end"),
       kFull},
      {"a branch table with many targets",
       absl::StrCat(
           Repeated(10'000, "block "), "local.get 0 br_table ",
           [] {
             std::string labels;
             for (int i = 0; i < 10'000; ++i) absl::StrAppend(&labels, i, " ");
             return labels;
           }(),
           Repeated(10'000, "end ")),
       kQuick},
      {"many locals assigned in many constructs",
       Nested(30, "loop ",
              [] {
                std::string sets;
                for (int i = 0; i < 1'000; ++i) {
                  absl::StrAppend(&sets, "local.get 0 local.set ", i, "\n");
                }
                return sets;
              }()),
       kFull},
  };
  for (const auto& test : kCases) {
    const Module module = ModuleWithBody(test.body);
    const FunctionCost cost = CostOf(module, 0);
    EXPECT_EQ(AffordableLevel(cost, kFull), test.expected)
        << test.name << ": " << cost.nanoseconds << " ns";
    EXPECT_EQ(AffordableLevel(cost, kNone), kNone) << test.name;
  }
}

// Phis for every local at every loop: locals stay in memory, unoptimised.
TEST(FunctionCost, SeesThatLocalsStayInMemory) {
  std::string sets;
  for (int i = 0; i < 1'000; ++i) {
    absl::StrAppend(&sets, "local.get 0 local.set ", i, "\n");
  }
  EXPECT_FALSE(CostOf(ModuleWithBody(Nested(20, "loop ", sets)), 0)
                   .has_locals_in_memory);
  const FunctionCost cost =
      CostOf(ModuleWithBody(Nested(200, "block ", sets)), 0);
  EXPECT_TRUE(cost.has_locals_in_memory);
  EXPECT_EQ(AffordableLevel(cost, kFull), kNone);
}

TEST(FunctionCost, CountsWhatLoopsCarry) {
  const struct {
    uint32_t locals;
    uint32_t loop_depth;
    OptimizationLevel expected;
  } kCases[] = {{4'000, 1, kFull}, {4'001, 1, kNone}, {50'000, 0, kFull}};
  for (const auto& test : kCases) {
    EXPECT_EQ(
        AffordableLevel({.loop_depth = test.loop_depth, .locals = test.locals},
                        kFull),
        test.expected)
        << test.locals;
  }
}

TEST(FunctionCost, CountsLoopsInLoops) {
  const struct {
    absl::string_view body;
    uint32_t depth;
  } kCases[] = {
      {"", 0},
      {"(block (if (i32.const 1) (then) (else)))", 0},
      {"(loop)", 1},
      {"(loop) (loop)", 1},
      {"(loop (block (loop)))", 2},
      {"(block (loop (loop)) (loop (loop (loop))))", 3},
      {"(try (do (loop)) (catch_all (loop (loop)))) (loop)", 2},
      {"(loop (try (do (loop)) (delegate 0))) (loop)", 2},
      {"(try_table (loop)) (loop (loop))", 2},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(
        const Module module,
        ModuleFromWat(absl::StrCat("(module (func ", test.body, "))")));
    EXPECT_EQ(CostOf(module, 0).loop_depth, test.depth) << test.body;
  }
}

TEST(CheckAffordable, NamesWhatIsNot) {
  const Module affordable = ModuleWithBody(Repeated(50'000, kStore));
  for (const uint32_t function : {0, 1}) {
    EXPECT_OK(CheckAffordable(function, CostOf(affordable, function)));
  }
  const struct {
    const char* name;
    std::string body;
  } kCases[] = {
      {"much code", Repeated(250'000, kStore)},
      {"deep constructs", Nested(250'000, "block ")},
      {"many arguments",
       Repeated(300,
                absl::StrCat(Repeated(1000, "local.get 0 "), "call $wide\n"))},
  };
  for (const auto& test : kCases) {
    const Module module = ModuleWithBody(test.body);
    EXPECT_OK(CheckAffordable(2, CostOf(module, 2)));
    const absl::Status status = CheckAffordable(0, CostOf(module, 0));
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << test.name;
    EXPECT_THAT(status.message(), HasSubstr("function 0 is too large"));
  }
}

}  // namespace
}  // namespace wasijit::compiler
