#include "compiler/jit/image_compiler.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/compile_options.h"
#include "compiler/syntax/features.h"
#include "compiler/syntax/instruction.h"
#include "compiler/validation/module_validator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/call.h"
#include "runtime/engine.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/module/module.h"
#include "runtime/store.h"
#include "test/support/interpreter.h"
#include "test/support/random_module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::wasijit::test::Interpreter;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::Random;
using ::wasijit::test::RandomModule;
using ::wasijit::test::StatusIs;

constexpr InstructionSet kInstructionSets[] = {InstructionSet::kX86_64,
                                               InstructionSet::kAArch64};
constexpr OptimizationLevel kLevels[] = {OptimizationLevel::kNone,
                                         OptimizationLevel::kQuick,
                                         OptimizationLevel::kFull};

std::shared_ptr<const Module> Shared(Module module) {
  return std::make_shared<const Module>(std::move(module));
}

Module Valid(Module module) {
  EXPECT_OK(ValidateModule(module, FeatureSet::All()));
  return module;
}

// --- What runs is what the specification says.

Value ValueOf(ValueType type, uint64_t bits) {
  if (type == ValueType::I32()) return Value::I32(static_cast<int32_t>(bits));
  if (type == ValueType::I64()) return Value::I64(static_cast<int64_t>(bits));
  return Value::F64(std::bit_cast<double>(bits));
}

uint64_t BitsOf(const Value& value) {
  if (value.type() == ValueType::I32()) {
    return static_cast<uint32_t>(value.i32());
  }
  if (value.type() == ValueType::I64()) {
    return static_cast<uint64_t>(value.i64());
  }
  return std::bit_cast<uint64_t>(value.f64());
}

struct Configuration {
  OptimizationLevel level;
  BoundsChecks bounds_checks;
  bool strict_traps;
};

constexpr Configuration kConfigurations[] = {
    {OptimizationLevel::kNone, BoundsChecks::kGuardPages, false},
    {OptimizationLevel::kQuick, BoundsChecks::kGuardPages, false},
    {OptimizationLevel::kFull, BoundsChecks::kGuardPages, false},
    {OptimizationLevel::kFull, BoundsChecks::kExplicit, false},
    {OptimizationLevel::kFull, BoundsChecks::kGuardPages, true},
};

// Calls every function of the module, compiled and interpreted, and compares
// results, memory and global.
void CompareWithInterpreter(const std::shared_ptr<const Module>& module,
                            const Configuration& configuration, Engine& engine,
                            uint64_t seed) {
  CompileOptions options;
  options.level = configuration.level;
  options.bounds_checks = configuration.bounds_checks;
  options.strict_traps = configuration.strict_traps;
  options.threads = 1;
  ASSERT_OK_AND_ASSIGN(CodeImage image, CompileModule(module, options));
  ASSERT_OK_AND_ASSIGN(const auto compiled, engine.Load(std::move(image)));
  Store store(engine);
  ASSERT_OK_AND_ASSIGN(const auto instantiated,
                       store.Instantiate(compiled, {}));
  ASSERT_TRUE(instantiated.has_value());
  Instance& instance = **instantiated;

  Interpreter interpreter(*module);
  Random random(seed);
  for (uint32_t i = 0; i < module->functions.size(); ++i) {
    const FuncType& type = module->FunctionType(i);
    for (int repetition = 0; repetition < 2; ++repetition) {
      std::vector<Value> arguments;
      std::vector<uint64_t> bits;
      for (ValueType param : type.params) {
        arguments.push_back(
            ValueOf(param, param == ValueType::F64()
                               ? std::bit_cast<uint64_t>(random.Below(9) - 4.0)
                               : random.Bits() >> random.Below(64)));
        bits.push_back(BitsOf(arguments.back()));
      }
      const std::vector<uint64_t> expected = interpreter.Call(i, bits);
      ASSERT_OK_AND_ASSIGN(const auto outcome,
                           Call(*instance.function(i), arguments));
      ASSERT_TRUE(outcome.has_value()) << "function " << i;
      std::vector<uint64_t> results;
      for (const Value& value : *outcome) results.push_back(BitsOf(value));
      ASSERT_EQ(results, expected) << "function " << i;
      ASSERT_EQ(BitsOf(instance.global(0)->Get()), interpreter.globals[0]);
      ASSERT_EQ(instance.default_memory()->bytes(),
                absl::MakeConstSpan(interpreter.memory));
    }
  }
}

class RandomControlFlow : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, RandomControlFlow, testing::Range(0, 8));

TEST_P(RandomControlFlow, ComputesWhatTheInterpreterComputes) {
  ASSERT_OK_AND_ASSIGN(const auto engine, Engine::Create());
  constexpr uint64_t kModules = 12;
  for (uint64_t i = 0; i < kModules; ++i) {
    const uint64_t seed = static_cast<uint64_t>(GetParam()) * kModules + i;
    const auto module = Shared(Valid(RandomModule(seed).Generate(5)));
    for (const Configuration& configuration : kConfigurations) {
      SCOPED_TRACE(absl::StrCat(
          "seed ", seed, " level ", static_cast<int>(configuration.level),
          configuration.bounds_checks == BoundsChecks::kExplicit ? " explicit"
                                                                 : "",
          configuration.strict_traps ? " strict" : ""));
      CompareWithInterpreter(module, configuration, *engine, seed);
      if (HasFatalFailure()) return;
    }
  }
}

// --- What an image contains.

constexpr absl::string_view kSeveralFunctions = R"(
  (module
    (import "m" "f" (func $import (param i32) (result i32)))
    (memory 1)
    (data $d "abc")
    (func $first (export "first") (param i32) (result i32)
      (i32.add (call $import (local.get 0)) (call $second (local.get 0))))
    (func $second (param i32) (result i32)
      (if (local.get 0) (then (return (call $first (i32.const 0)))))
      (memory.grow (local.get 0)))
    (func (param i32) (result f64)
      (memory.init $d (local.get 0) (i32.const 0) (i32.const 3))
      (f64.mul (f64.load (local.get 0)) (f64.const 1.1))))
)";

CompileOptions OptionsFor(InstructionSet instruction_set) {
  CompileOptions options;
  options.instruction_set = instruction_set;
  options.cpu = "baseline";
  return options;
}

TEST(ImageCompiler, DescribesTheImage) {
  ASSERT_OK_AND_ASSIGN(Module module, ModuleFromWat(kSeveralFunctions));
  const auto shared = Shared(std::move(module));
  for (InstructionSet instruction_set : kInstructionSets) {
    for (BoundsChecks checks :
         {BoundsChecks::kGuardPages, BoundsChecks::kExplicit}) {
      CompileOptions options = OptionsFor(instruction_set);
      options.bounds_checks = checks;
      ASSERT_OK_AND_ASSIGN(const CodeImage image,
                           CompileModule(shared, options));
      EXPECT_EQ(image.instruction_set, instruction_set);
      EXPECT_EQ(image.bounds_checks, checks);
      EXPECT_THAT(image.cpu_features, IsEmpty());
      EXPECT_EQ(image.module, shared);
      ASSERT_EQ(image.functions.size(), 3u);
      for (const FunctionRange& range : image.functions) {
        EXPECT_LT(range.begin, range.end);
        EXPECT_LE(range.end, image.text_size);
      }
      EXPECT_LE(image.text_size, image.code.size());
    }
  }
}

TEST(ImageCompiler, NamesTheCpuFeatures) {
  ASSERT_OK_AND_ASSIGN(Module module, ModuleFromWat(kSeveralFunctions));
  CompileOptions options = OptionsFor(InstructionSet::kX86_64);
  options.cpu = "x86-64-v2";
  ASSERT_OK_AND_ASSIGN(const CodeImage image,
                       CompileModule(Shared(std::move(module)), options));
  EXPECT_THAT(image.cpu_features, testing::ElementsAre("popcnt", "sse4.2"));
}

TEST(ImageCompiler, CompilesModulesWithoutCode) {
  for (const char* wat :
       {"(module)", R"((module (func (import "m" "f")) (memory 1)))"}) {
    ASSERT_OK_AND_ASSIGN(Module module, ModuleFromWat(wat));
    ASSERT_OK_AND_ASSIGN(const CodeImage image,
                         CompileModule(Shared(std::move(module)), {}));
    EXPECT_THAT(image.code, IsEmpty());
    EXPECT_THAT(image.functions, IsEmpty());
    EXPECT_EQ(image.text_size, 0u);
  }
}

TEST(ImageCompiler, RefusesUnknownCpus) {
  ASSERT_OK_AND_ASSIGN(Module module, ModuleFromWat("(module)"));
  const auto shared = Shared(std::move(module));
  CompileOptions options;
  options.cpu = "abacus";
  EXPECT_THAT(
      CompileModule(shared, options),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("abacus")));
}

// The number of threads and the run do not show: images are cached by content.
TEST(ImageCompiler, SameModuleGivesSameImage) {
  // Enough functions for several batches.
  for (InstructionSet instruction_set : kInstructionSets) {
    const auto module = Shared(Valid(RandomModule(1).Generate(150)));
    CompileOptions options = OptionsFor(instruction_set);
    options.level = OptimizationLevel::kFull;
    options.threads = 1;
    ASSERT_OK_AND_ASSIGN(const CodeImage image, CompileModule(module, options));
    for (unsigned threads : {1u, 4u, 4u}) {
      options.threads = threads;
      ASSERT_OK_AND_ASSIGN(const CodeImage again,
                           CompileModule(module, options));
      EXPECT_EQ(WriteImage(image), WriteImage(again)) << threads;
    }
  }
}

// --- Where code comes from.

// The text of the instruction at an offset, such as "i32.load".
std::string InstructionAt(const Module& module, uint32_t offset) {
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    InstructionReader reader(module, module.functions[i].body);
    Instruction instruction;
    while (reader.Next(instruction)) {
      if (instruction.offset == offset) return std::string(instruction.text());
    }
  }
  return "";
}

constexpr absl::string_view kPlaces = R"(
  (module
    (import "m" "f" (func $import (param i32) (result i32)))
    (memory 1)
    (table 1 funcref)
    (type $t (func (param i32) (result i32)))
    (func $leaf (param i32) (result i32)
      (i32.div_u (i32.const 7) (i32.load (local.get 0))))
    (func $middle (param i32) (result i32)
      (i32.add (call $leaf (local.get 0)) (i32.const 1)))
    (func (export "outer") (param i32) (result i32)
      (i32.store8 (local.get 0) (i32.const 5))
      (memory.fill (local.get 0) (i32.const 0) (local.get 0))
      (drop (call $import (memory.grow (i32.const 1))))
      (drop (i32.trunc_f64_s (f64.load (i32.const 8))))
      (drop (call_indirect (type $t) (local.get 0) (local.get 0)))
      (call $middle (local.get 0))))
)";

TEST(ImageCompiler, LocatesCallsAccessesAndTraps) {
  ASSERT_OK_AND_ASSIGN(Module parsed, ModuleFromWat(kPlaces));
  const auto module = Shared(std::move(parsed));
  for (InstructionSet instruction_set : kInstructionSets) {
    for (OptimizationLevel level : kLevels) {
      SCOPED_TRACE(absl::StrCat(static_cast<int>(instruction_set), " level ",
                                static_cast<int>(level)));
      CompileOptions options = OptionsFor(instruction_set);
      options.level = level;
      ASSERT_OK_AND_ASSIGN(const CodeImage image,
                           CompileModule(module, options));
      std::vector<std::string> found;
      uint32_t last_pc = 0;
      for (const CodeLocation& location : image.locations) {
        EXPECT_GE(location.pc, last_pc);
        EXPECT_LT(location.pc, image.text_size);
        last_pc = location.pc;
        const ByteRange body = module->functions[location.function].body;
        EXPECT_GE(location.bytecode_offset, body.offset);
        EXPECT_LT(location.bytecode_offset, body.offset + body.size);
        found.push_back(InstructionAt(*module, location.bytecode_offset));
      }
      EXPECT_THAT(found, testing::IsSupersetOf(
                             {"i32.load", "i32.div_u", "i32.store8",
                              "memory.fill", "memory.grow", "call", "f64.load",
                              "i32.trunc_f64_s", "call_indirect"}));
    }
  }
}

// A frame's functions, innermost first, each with the text of the instruction
// where it is.
std::vector<std::string> Frames(const CodeImage& image,
                                const CodeLocation& location) {
  const Module& module = *image.module;
  const auto frame = [&](uint32_t function, uint32_t offset) {
    return absl::StrCat(module.FunctionName(function), " ",
                        InstructionAt(module, offset));
  };
  std::vector<std::string> frames = {
      frame(location.function, location.bytecode_offset)};
  for (uint32_t i = location.inlined_at; i != kNoLocation;
       i = image.inlined_calls[i].inlined_at) {
    frames.push_back(frame(image.inlined_calls[i].function,
                           image.inlined_calls[i].bytecode_offset));
  }
  return frames;
}

TEST(ImageCompiler, InlinedPlacesKnowTheirCallers) {
  constexpr absl::string_view kChain = R"(
    (module
      (memory 1)
      (func $leaf (param i32) (result i32) (i32.load (local.get 0)))
      (func $middle (param i32) (result i32)
        (i32.add (call $leaf (local.get 0)) (i32.const 1)))
      (func $outer (export "outer") (param i32) (result i32)
        (i32.mul (call $middle (local.get 0)) (i32.const 3))))
  )";
  ASSERT_OK_AND_ASSIGN(Module parsed, ModuleFromWat(kChain));
  const auto module = Shared(std::move(parsed));
  for (InstructionSet instruction_set : kInstructionSets) {
    ASSERT_OK_AND_ASSIGN(const CodeImage image,
                         CompileModule(module, OptionsFor(instruction_set)));
    using Chain = std::vector<std::string>;
    const std::vector<Chain> kExpected = {
        {"leaf i32.load"},
        {"leaf i32.load", "middle call"},
        {"leaf i32.load", "middle call", "outer call"},
    };
    for (size_t i = 0; i < kExpected.size(); ++i) {
      const FunctionRange range = image.functions[i];
      std::vector<Chain> chains;
      for (const CodeLocation& location : image.locations) {
        if (location.pc < range.begin || location.pc >= range.end) continue;
        const Chain frames = Frames(image, location);
        // The function's begin, where nothing can be wrong.
        if (frames[0].back() == ' ') continue;
        chains.push_back(frames);
      }
      EXPECT_THAT(chains, testing::Contains(kExpected[i])) << i;
      EXPECT_THAT(chains, Each(testing::AnyOf(kExpected[i])));
    }
  }
}

// Calls of the same callee at the same place share their entry.
TEST(ImageCompiler, InlinedCallsAreCallsAndUnique) {
  const auto module = Shared(Valid(RandomModule(3).Generate(30)));
  ASSERT_OK_AND_ASSIGN(
      const CodeImage image,
      CompileModule(module, OptionsFor(InstructionSet::kX86_64)));
  std::set<std::tuple<uint32_t, uint32_t, uint32_t>> seen;
  for (const InlinedCall& call : image.inlined_calls) {
    EXPECT_TRUE(
        seen.insert({call.function, call.bytecode_offset, call.inlined_at})
            .second);
    // Of calls that LLVM has merged only the function is known.
    if (call.bytecode_offset != kNoLocation) {
      EXPECT_EQ(InstructionAt(*module, call.bytecode_offset), "call");
      const ByteRange body = module->functions[call.function].body;
      EXPECT_GE(call.bytecode_offset, body.offset);
      EXPECT_LT(call.bytecode_offset, body.offset + body.size);
    }
    if (call.inlined_at != kNoLocation) {
      EXPECT_LT(call.inlined_at, image.inlined_calls.size());
    }
  }
}

}  // namespace
}  // namespace wasijit::compiler
