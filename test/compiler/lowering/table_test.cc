// Every instruction that accesses tables, at indices where arithmetic might go
// wrong. The instructions come from the table of instructions, so that none is
// forgotten.
#include "compiler/lowering/table.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "runtime/table.h"
#include "test/support/running_wat.h"

namespace wasijit::test {
namespace {

using compiler::InstructionInfo;
using compiler::OptimizationLevel;
using compiler::Verb;

__extension__ using Wide = unsigned __int128;

constexpr char kOutOfBounds[] = "trap: out of bounds table access";

// AT: the type of indices. REF: of the elements.
constexpr char kWat[] = R"((module
  (type $none (func))
  (table $t AT 0 1000 REFref)
  (table $u AT 1000 1000 REFref)
  (table $functions (export "functions") AT 0 1000 funcref)
  (elem $segment REFref (ref.null REF) (ref.null REF) (ref.null REF))
  (func (export "table.get") (param AT) (drop (table.get $t (local.get 0))))
  (func (export "table.set") (param AT)
    (table.set $t (local.get 0) (ref.null REF)))
  (func (export "table.size") (result AT) (table.size $t))
  (func (export "table.grow") (param AT) (result AT)
    (table.grow $t (ref.null REF) (local.get 0)))
  (func (export "table.fill") (param AT AT)
    (table.fill $t (local.get 0) (ref.null REF) (local.get 1)))
  (func (export "table.copy to") (param AT AT AT)
    (table.copy $t $u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.copy from") (param AT AT AT)
    (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.init") (param AT i32 i32)
    (table.init $t $segment (local.get 0) (local.get 1) (local.get 2)))
  (func (export "call_indirect") (param AT)
    (call_indirect $functions (type $none) (local.get 0)))
  (func (export "return_call_indirect") (param AT)
    (return_call_indirect $functions (type $none) (local.get 0)))))";

struct Configuration {
  bool is64;
  OptimizationLevel level;
  const char* reference;
};

const Configuration kConfigurations[] = {
    {false, OptimizationLevel::kFull, "func"},
    {false, OptimizationLevel::kNone, "extern"},
    {true, OptimizationLevel::kFull, "extern"},
    {true, OptimizationLevel::kNone, "func"},
};

class TableOracle {
 public:
  explicit TableOracle(const Configuration& configuration)
      : is64_(configuration.is64) {
    compiler::CompileOptions options;
    options.level = configuration.level;
    absl::StatusOr<Module> module = ModuleFromWat(absl::StrReplaceAll(
        kWat,
        {{"AT", is64_ ? "i64" : "i32"}, {"REF", configuration.reference}}));
    EXPECT_OK(module);
    running_ = std::make_unique<RunningWat>(
        std::make_shared<const Module>(*std::move(module)), options);
  }

  void Check() {
    for (const uint64_t size : {0, 1, 1000}) {
      for (const uint32_t index : {0, 2}) {
        Table* const table = running_->instance().table(index);
        ASSERT_TRUE(table->Grow(size - table->size(), 0).has_value());
      }
      for (const InstructionInfo& info : compiler::kInstructions) {
        if (absl::StartsWith(info.text, "table.") ||
            absl::StrContains(info.text, "call_indirect")) {
          Check(info, size);
        }
      }
    }
  }

 private:
  std::vector<uint64_t> Numbers(uint64_t size) const {
    std::vector<uint64_t> numbers = {0, 1};
    for (const uint64_t number :
         {size, uint64_t{1} << 31, uint64_t{1} << 32, uint64_t{1} << 63,
          // Times the size of an element this is a small number.
          uint64_t{1} << 59, uint64_t{1} << 61, uint64_t{0}}) {
      numbers.insert(numbers.end(), {number - 1, number, number + 1});
    }
    for (uint64_t& number : numbers) {
      if (!is64_) number &= 0xffffffff;
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
  }

  void Check(const InstructionInfo& info, uint64_t size) {
    const std::vector<uint64_t> numbers = Numbers(size);
    for (const uint64_t index : numbers) {
      switch (info.verb) {
        case Verb::kTableGet:
        case Verb::kTableSet:
          Expect(info.text, {index}, index < size ? "" : kOutOfBounds);
          break;
        case Verb::kCallIndirect:
        case Verb::kReturnCallIndirect:
          Expect(info.text, {index},
                 index < size ? "trap: uninitialized element"
                              : "trap: undefined element");
          break;
        case Verb::kTableSize:
          Expect(info.text, {}, ToString(IndexValue(size)));
          break;
        case Verb::kTableGrow:
          if (index + size > 1000 || index > 1000) {
            Expect(info.text, {index}, ToString(IndexValue(~uint64_t{0})));
          }
          break;
        case Verb::kTableFill:
        case Verb::kTableCopy:
          for (const uint64_t count : numbers) {
            CheckRange(info, index, count, size);
          }
          break;
        case Verb::kTableInit:
          CheckInit(index, size);
          break;
        default:
          FAIL() << "no model of " << info.text;
      }
    }
  }

  void CheckRange(const InstructionInfo& info, uint64_t index, uint64_t count,
                  uint64_t size) {
    const char* const outcome = Wide{index} + count <= size ? "" : kOutOfBounds;
    if (info.verb == Verb::kTableFill) {
      Expect(info.text, {index, count}, outcome);
    } else {
      Expect("table.copy to", {index, 0, count}, outcome);
      Expect("table.copy from", {0, index, count}, outcome);
    }
  }

  void CheckInit(uint64_t index, uint64_t size) {
    for (const uint32_t from : {0u, 2u, 3u, 4u, 0xffffffffu}) {
      for (const uint32_t count : {0u, 1u, 3u, 4u, 0x80000000u, 0xffffffffu}) {
        const bool fits =
            Wide{index} + count <= size && Wide{from} + count <= 3;
        const std::vector<Value> arguments = {
            IndexValue(index), Value::I32(static_cast<int32_t>(from)),
            Value::I32(static_cast<int32_t>(count))};
        EXPECT_EQ(running_->Call("table.init", arguments),
                  fits ? "" : kOutOfBounds)
            << index << " " << from << " " << count << " of " << size;
      }
    }
  }

  Value IndexValue(uint64_t index) const {
    return is64_ ? Value::I64(static_cast<int64_t>(index))
                 : Value::I32(static_cast<int32_t>(index));
  }

  void Expect(absl::string_view function, const std::vector<uint64_t>& operands,
              absl::string_view expected) {
    std::vector<Value> arguments;
    for (const uint64_t operand : operands) {
      arguments.push_back(IndexValue(operand));
    }
    EXPECT_EQ(running_->Call(function, arguments), expected)
        << function << " " << absl::StrJoin(operands, " ");
  }

  const bool is64_;
  std::unique_ptr<RunningWat> running_;
};

TEST(TableOracleTest, EveryAccessIsBounded) {
  for (const Configuration& configuration : kConfigurations) {
    TableOracle(configuration).Check();
  }
}

}  // namespace
}  // namespace wasijit::test
