// Every instruction that accesses memory, at addresses where arithmetic might
// go wrong, against a model of a few lines: the instructions come from the
// table, so that none is forgotten.
#include "compiler/lowering/memory.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::test {
namespace {

using compiler::ImmediateKind;
using compiler::InstructionInfo;
using compiler::OptimizationLevel;
using compiler::Verb;

__extension__ using Wide = unsigned __int128;

constexpr char kOutOfBounds[] = "trap: out of bounds memory access";
constexpr char kUnaligned[] = "trap: unaligned atomic";
// What a memory holds; no sign extension tells from zero extension.
uint8_t PatternAt(uint64_t address) {
  return static_cast<uint8_t>((address * 2654435761u) >> 13 & 0x7f);
}
// What stores store, in all bytes.
constexpr uint8_t kStored = 0x5a;

struct Configuration {
  bool is64;
  BoundsChecks checks;
  OptimizationLevel level;
  bool shared;
};

const Configuration kConfigurations[] = {
    {false, BoundsChecks::kGuardPages, OptimizationLevel::kFull, false},
    {false, BoundsChecks::kGuardPages, OptimizationLevel::kNone, true},
    {false, BoundsChecks::kExplicit, OptimizationLevel::kFull, true},
    {true, BoundsChecks::kGuardPages, OptimizationLevel::kFull, false},
    {true, BoundsChecks::kExplicit, OptimizationLevel::kNone, true},
};

std::vector<uint64_t> Offsets(bool is64) {
  std::vector<uint64_t> offsets = {0, 1, 0x7fffffff, 0xffffffff};
  if (is64) {
    offsets.insert(offsets.end(), {uint64_t{1} << 32, uint64_t{1} << 63,
                                   ~uint64_t{0} - 7, ~uint64_t{0}});
  }
  return offsets;
}

// Addresses and lengths at which something may overflow.
std::vector<uint64_t> Numbers(bool is64, uint64_t size, uint64_t offset) {
  std::vector<uint64_t> numbers = {0, 1, 8};
  const auto add_around = [&](uint64_t number) {
    for (const uint64_t below : {17, 16, 8, 4, 2, 1, 0}) {
      numbers.push_back(number - below);
    }
    numbers.push_back(number + 1);
  };
  add_around(size);
  add_around(size - offset);
  add_around(uint64_t{1} << 31);
  add_around(uint64_t{1} << 32);
  if (is64) {
    add_around(uint64_t{1} << 63);
    add_around(0);
  } else {
    for (uint64_t& number : numbers) number &= 0xffffffff;
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Value AddressValue(bool is64, uint64_t address) {
  return is64 ? Value::I64(static_cast<int64_t>(address))
              : Value::I32(static_cast<int32_t>(address));
}

bool IsAccess(const InstructionInfo& info) {
  return info.immediate == ImmediateKind::kMemArg ||
         info.immediate == ImmediateKind::kMemArgLane;
}

absl::string_view TypeName(char letter, bool is64) {
  switch (letter) {
    case 'a':
      return is64 ? "i64" : "i32";
    case 'l':
      return "i64";
    case 'f':
      return "f32";
    case 'd':
      return "f64";
    case 'v':
      return "v128";
    default:
      return "i32";
  }
}

std::string StoredConstant(char letter) {
  switch (letter) {
    case 'l':
      return "(i64.const 0x5a5a5a5a5a5a5a5a)";
    case 'f':
      return "(f32.reinterpret_i32 (i32.const 0x5a5a5a5a))";
    case 'd':
      return "(f64.reinterpret_i64 (i64.const 0x5a5a5a5a5a5a5a5a))";
    case 'v':
      return "(v128.const i64x2 0x5a5a5a5a5a5a5a5a 0x5a5a5a5a5a5a5a5a)";
    default:
      return "(i32.const 0x5a5a5a5a)";
  }
}

std::string FunctionName(const InstructionInfo& info, uint64_t offset) {
  return absl::StrCat(info.text, " offset=", offset);
}

// A function of an address that makes the access.
std::string AccessFunction(const InstructionInfo& info, bool is64,
                           uint64_t offset) {
  std::string operands;
  const compiler::Signature& signature = info.signature;
  for (uint32_t i = 0; i < signature.operand_count; ++i) {
    const char letter = signature.operands[i];
    if (letter == 'a') {
      absl::StrAppend(&operands, "(local.get 0)");
    } else if (info.verb == Verb::kAtomicWait && i == 2) {
      absl::StrAppend(&operands, "(i64.const 0)");
    } else {
      absl::StrAppend(&operands, StoredConstant(letter));
    }
  }
  return absl::StrCat(
      "(func (export \"", FunctionName(info, offset), "\") (param ",
      TypeName('a', is64), ")",
      signature.result_count == 0
          ? ""
          : absl::StrCat(" (result ", TypeName(signature.results[0], is64),
                         ")"),
      " (", info.text, " offset=", offset,
      info.immediate == ImmediateKind::kMemArgLane ? " 0 " : " ", operands,
      "))\n");
}

class MemoryOracle {
 public:
  explicit MemoryOracle(const Configuration& configuration)
      : configuration_(configuration) {
    compiler::CompileOptions options;
    options.level = configuration.level;
    options.bounds_checks = configuration.checks;
    absl::StatusOr<Module> module = ModuleFromWat(Wat());
    EXPECT_OK(module);
    running_ = std::make_unique<RunningWat>(
        std::make_shared<const Module>(*std::move(module)), options);
  }

  void Check() {
    const bool is64 = configuration_.is64;
    // A memory of the most pages that 32 bits can reach, or one more.
    const uint64_t most = is64 ? 65537 : 65536;
    for (const uint64_t pages : {uint64_t{0}, uint64_t{1}, most}) {
      ASSERT_TRUE(memory().Grow(pages - memory().pages()).has_value());
      for (const uint64_t offset : Offsets(is64)) CheckAccesses(offset);
      CheckBulk();
      if (HasFailure()) return;
    }
  }

 private:
  static bool HasFailure() { return testing::Test::HasFailure(); }
  Memory& memory() { return *running_->instance().memory(0); }

  std::string Wat() const {
    const bool is64 = configuration_.is64;
    const absl::string_view type = is64 ? "i64" : "i32";
    std::string wat =
        absl::StrCat("(module (memory ", type, is64 ? " 0 65537" : " 0 65536",
                     configuration_.shared ? " shared" : "",
                     ") (data $data \"\\5a\\5a\\5a\\5a\")");
    for (const InstructionInfo& info : compiler::kInstructions) {
      if (!IsAccess(info)) continue;
      for (const uint64_t offset : Offsets(is64)) {
        wat += AccessFunction(info, is64, offset);
      }
    }
    absl::StrAppend(
        &wat, "(func (export \"memory.fill\") (param ", type, " ", type,
        ") (memory.fill (local.get 0) (i32.const 0x5a) (local.get 1)))",
        "(func (export \"memory.copy\") (param ", type, " ", type, " ", type,
        ") (memory.copy (local.get 0) (local.get 1) (local.get 2)))",
        "(func (export \"memory.init\") (param ", type,
        " i32 i32) (memory.init $data (local.get 0) (local.get 1) (local.get "
        "2)))",
        "(func (export \"memory.grow\") (param ", type, ") (result ", type,
        ") (memory.grow (local.get 0)))", "(func (export \"memory.size\") ",
        "(result ", type, ") (memory.size)))");
    return wat;
  }

  // The bytes that the test looks at, around an access.
  void Restore(uint64_t address) {
    const uint64_t size = memory().size();
    for (uint64_t i = address < 32 ? 0 : address - 32;
         i < size && i < address + 64; ++i) {
      memory().data()[i] = PatternAt(i);
    }
  }

  void CheckAccesses(uint64_t offset) {
    for (const InstructionInfo& info : compiler::kInstructions) {
      if (!IsAccess(info)) continue;
      for (const uint64_t address :
           Numbers(configuration_.is64, memory().size(), offset)) {
        CheckAccess(info, address, offset);
        if (HasFailure()) return;
      }
    }
  }

  void CheckAccess(const InstructionInfo& info, uint64_t address,
                   uint64_t offset) {
    const Wide begin = Wide{address} + offset;
    const uint64_t size = uint64_t{1} << info.access_size_log2;
    const bool in_bounds = begin + size <= memory().size();
    const auto place = static_cast<uint64_t>(begin);
    if (in_bounds) Restore(place);
    const std::string result =
        running_->Call(FunctionName(info, offset),
                       {AddressValue(configuration_.is64, address)});
    const std::string what = absl::StrCat(
        FunctionName(info, offset), " at ", address, " of ", memory().size(),
        configuration_.is64 ? ", 64 bits" : ", 32 bits",
        configuration_.checks == BoundsChecks::kExplicit ? ", explicit" : "");
    if (!in_bounds) {
      ASSERT_EQ(result, kOutOfBounds) << what;
    } else if (IsAtomic(info.verb) && place % size != 0) {
      ASSERT_EQ(result, kUnaligned) << what;
    } else if (info.verb == Verb::kAtomicWait && !configuration_.shared) {
      ASSERT_EQ(result, "trap: expected shared memory") << what;
    } else {
      ASSERT_FALSE(absl::StartsWith(result, "trap")) << result << ": " << what;
      CheckEffect(info, place, size, result, what);
    }
  }

  // Loads read just the bytes that they should, and stores write these.
  void CheckEffect(const InstructionInfo& info, uint64_t place, uint64_t size,
                   const std::string& result, const std::string& what) {
    const compiler::Signature& signature = info.signature;
    const bool loads_integer =
        signature.result_count == 1 && info.verb != Verb::kAtomicWait &&
        info.verb != Verb::kAtomicNotify &&
        (signature.results[0] == 'i' || signature.results[0] == 'l');
    if (loads_integer) {
      uint64_t value = 0;
      for (uint64_t i = 0; i < size; ++i) {
        value |= uint64_t{PatternAt(place + i)} << (8 * i);
      }
      ASSERT_EQ(result, ToString(signature.results[0] == 'l'
                                     ? Value::I64(static_cast<int64_t>(value))
                                     : Value::I32(static_cast<int32_t>(value))))
          << what;
    }
    const bool stores = signature.result_count == 0;
    // What these write is not looked at.
    const bool modifies = IsAtomic(info.verb) && loads_integer;
    for (uint64_t i = place < 32 ? 0 : place - 32;
         i < memory().size() && i < place + 64; ++i) {
      const bool inside = i >= place && i - place < size;
      if (inside && modifies) continue;
      ASSERT_EQ(memory().data()[i], inside && stores ? kStored : PatternAt(i))
          << what << ": byte " << i;
    }
  }

  void CheckBulk() {
    for (const InstructionInfo& info : compiler::kInstructions) {
      if (!absl::StartsWith(info.text, "memory.") || IsAccess(info)) continue;
      switch (info.verb) {
        case Verb::kMemoryFill:
          CheckRanges([&](uint64_t to, uint64_t count) {
            ExpectOutcome("memory.fill", {to, count}, Fits(to, count));
          });
          break;
        case Verb::kMemoryCopy:
          CheckRanges([&](uint64_t place, uint64_t count) {
            ExpectOutcome("memory.copy", {place, 0, count},
                          Fits(place, count) && Fits(0, count));
            ExpectOutcome("memory.copy", {0, place, count},
                          Fits(place, count) && Fits(0, count));
          });
          break;
        case Verb::kMemoryInit:
          CheckInit();
          break;
        case Verb::kMemorySize:
        case Verb::kMemoryGrow:
          CheckGrowth();
          break;
        default:
          FAIL() << "no model of " << info.text;
      }
    }
  }

  bool Fits(uint64_t begin, uint64_t count) {
    return Wide{begin} + count <= memory().size();
  }

  template <typename Check>
  void CheckRanges(Check check) {
    const std::vector<uint64_t> numbers =
        Numbers(configuration_.is64, memory().size(), 0);
    for (const uint64_t place : numbers) {
      for (const uint64_t count : numbers) {
        // To write whole gigabytes shows nothing more.
        if (Fits(place, count) && count > 1024) continue;
        check(place, count);
      }
    }
  }

  void CheckInit() {
    for (const uint64_t to : Numbers(configuration_.is64, memory().size(), 0)) {
      for (const uint32_t from : {0u, 3u, 4u, 5u, 0xffffffffu}) {
        for (const uint32_t count :
             {0u, 1u, 4u, 5u, 0x80000000u, 0xffffffffu}) {
          const std::vector<Value> arguments = {
              AddressValue(configuration_.is64, to),
              Value::I32(static_cast<int32_t>(from)),
              Value::I32(static_cast<int32_t>(count))};
          ASSERT_EQ(
              running_->Call("memory.init", arguments),
              Fits(to, count) && Wide{from} + count <= 4 ? "" : kOutOfBounds)
              << to << " " << from << " " << count;
        }
      }
    }
  }

  void CheckGrowth() {
    const uint64_t pages = memory().pages();
    EXPECT_EQ(running_->Call("memory.size", {}),
              ToString(AddressValue(configuration_.is64, pages)));
    for (const uint64_t delta :
         Numbers(configuration_.is64, memory().size(), 0)) {
      if (Wide{delta} + pages <= memory().type().limits.max.value()) continue;
      EXPECT_EQ(running_->Call("memory.grow",
                               {AddressValue(configuration_.is64, delta)}),
                ToString(AddressValue(configuration_.is64, ~uint64_t{0})))
          << delta;
    }
    EXPECT_EQ(memory().pages(), pages);
  }

  void ExpectOutcome(const char* function,
                     const std::vector<uint64_t>& operands, bool fits) {
    std::vector<Value> arguments;
    for (const uint64_t operand : operands) {
      arguments.push_back(AddressValue(configuration_.is64, operand));
    }
    EXPECT_EQ(running_->Call(function, arguments), fits ? "" : kOutOfBounds)
        << function << " "
        << absl::StrJoin(arguments, " ",
                         [](std::string* text, const Value& value) {
                           absl::StrAppend(text, ToString(value));
                         })
        << " of " << memory().size();
  }

  const Configuration configuration_;
  std::unique_ptr<RunningWat> running_;
};

class MemoryOracleTest : public testing::TestWithParam<Configuration> {};

TEST_P(MemoryOracleTest, EveryAccessIsBounded) {
  MemoryOracle(GetParam()).Check();
}

INSTANTIATE_TEST_SUITE_P(
    All, MemoryOracleTest, testing::ValuesIn(kConfigurations),
    [](const testing::TestParamInfo<Configuration>& info) {
      const Configuration& c = info.param;
      return absl::StrCat(
          c.is64 ? "I64" : "I32",
          c.checks == BoundsChecks::kExplicit ? "Explicit" : "Guard",
          c.level == OptimizationLevel::kFull ? "Full" : "None",
          c.shared ? "Shared" : "");
    });

}  // namespace
}  // namespace wasijit::test
