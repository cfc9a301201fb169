#include "compiler/target/target.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "compiler/target/symbols.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/platform/arch.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::wasijit::test::StatusIs;

constexpr InstructionSet kInstructionSets[] = {InstructionSet::kX86_64,
                                               InstructionSet::kAArch64};

std::string FeatureString(const Target& target) {
  llvm::LLVMContext context;
  llvm::AttrBuilder attributes(context);
  target.AddFunctionAttributes(attributes);
  return attributes.getAttribute("target-features").getValueAsString().str();
}

TEST(Target, KnowsCpusAndLevels) {
  const struct {
    InstructionSet instruction_set;
    const char* cpu;
    testing::Matcher<std::vector<std::string>> features;
  } kCases[] = {
      {InstructionSet::kX86_64, "baseline", IsEmpty()},
      {InstructionSet::kX86_64, "x86-64", IsEmpty()},
      {InstructionSet::kX86_64, "x86-64-v2", ElementsAre("popcnt", "sse4.2")},
      {InstructionSet::kX86_64, "x86-64-v3",
       ElementsAre("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt",
                   "movbe", "popcnt", "sse4.2")},
      {InstructionSet::kX86_64, "x86-64-v4",
       IsSupersetOf({"avx2", "avx512bw", "avx512f", "avx512vl"})},
      {InstructionSet::kX86_64, "icelake-server",
       IsSupersetOf({"avx512vbmi2", "avx512vnni", "gfni"})},
      {InstructionSet::kX86_64, "znver3", Not(Contains("avx512f"))},
      {InstructionSet::kAArch64, "baseline", IsEmpty()},
      {InstructionSet::kAArch64, "generic", IsEmpty()},
      {InstructionSet::kAArch64, "neoverse-n1",
       AllOf(IsSupersetOf({"dotprod", "fullfp16", "lse", "rcpc", "rdm"}),
             Not(Contains("i8mm")))},
      {InstructionSet::kAArch64, "neoverse-v1", Contains("i8mm")},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(test.instruction_set, test.cpu));
    EXPECT_THAT(target.cpu_features(), test.features) << test.cpu;
    EXPECT_TRUE(absl::c_is_sorted(target.cpu_features())) << test.cpu;
    EXPECT_EQ(target.traits().instruction_set, test.instruction_set);
  }
}

TEST(Target, RefusesUnknownCpus) {
  const struct {
    InstructionSet instruction_set;
    const char* cpu;
  } kCases[] = {
      {InstructionSet::kX86_64, ""},
      {InstructionSet::kX86_64, "no-such-cpu"},
      {InstructionSet::kX86_64, "neoverse-n1"},
      {InstructionSet::kX86_64, "help"},
      {InstructionSet::kAArch64, "x86-64-v3"},
      {InstructionSet::kAArch64, "Native"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Target::Create(test.instruction_set, test.cpu),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("\"", test.cpu, "\""))));
  }
}

TEST(Target, NativeIsOnlyTheHost) {
  for (InstructionSet instruction_set : kInstructionSets) {
    const absl::StatusOr<Target> target =
        Target::Create(instruction_set, "native");
    if (instruction_set == HostInstructionSet()) {
      EXPECT_OK(target);
    } else {
      EXPECT_THAT(target, StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("\"native\"")));
    }
  }
}

TEST(Target, HasFeatureFindsExactlyTheNamedFeatures) {
  ASSERT_OK_AND_ASSIGN(const Target target,
                       Target::Create(InstructionSet::kX86_64, "x86-64-v2"));
  EXPECT_TRUE(target.HasFeature("popcnt"));
  EXPECT_TRUE(target.HasFeature("sse4.2"));
  EXPECT_FALSE(target.HasFeature("sse4.1"));
  EXPECT_FALSE(target.HasFeature("avx"));
  EXPECT_FALSE(target.HasFeature(""));
}

// A feature whose name LLVM does not know would be dropped without a word, and
// the loader would check for something that the code does not use.
TEST(Target, LlvmKnowsEveryFeature) {
  for (InstructionSet instruction_set : kInstructionSets) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(instruction_set, "baseline"));
    const std::unique_ptr<llvm::TargetMachine> machine =
        target.CreateTargetMachine(llvm::CodeGenOptLevel::Default);
    const InstructionSetTraits& traits = target.traits();
    std::vector<std::string> names = absl::StrSplit(FeatureString(target), ',');
    for (std::string& name : names) {
      ASSERT_EQ(name[0], '+') << name;
      name.erase(0, 1);
    }
    for (absl::string_view name : traits.optional_features) {
      names.emplace_back(name);
    }
    std::vector<std::string> known;
    for (const llvm::SubtargetFeatureKV& feature :
         machine->getMCSubtargetInfo()->getAllProcessorFeatures()) {
      known.emplace_back(feature.Key);
    }
    EXPECT_THAT(names, Each(testing::AnyOfArray(known)));
  }
}

// What LLVM turns on besides the named features would be used by code, but not
// checked by the loader.
TEST(Target, CodeUsesNoFeatureThatIsNotNamed) {
  const struct {
    InstructionSet instruction_set;
    const char* cpu;
    std::vector<std::string> absent;
  } kCases[] = {
      {InstructionSet::kX86_64,
       "baseline",
       {"popcnt", "sse4.2", "avx", "bmi", "lzcnt", "cx16"}},
      {InstructionSet::kX86_64, "x86-64-v2", {"avx", "bmi", "lzcnt"}},
      {InstructionSet::kX86_64, "sapphirerapids", {"amx-tile", "avx512fp16"}},
      {InstructionSet::kAArch64, "baseline", {"lse", "sve", "fullfp16"}},
      {InstructionSet::kAArch64, "neoverse-v1", {"sve", "sha3", "bf16"}},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(test.instruction_set, test.cpu));
    const std::unique_ptr<llvm::TargetMachine> machine =
        target.CreateTargetMachine(llvm::CodeGenOptLevel::Default);
    for (const std::string& feature : test.absent) {
      EXPECT_FALSE(machine->getMCSubtargetInfo()->checkFeatures("+" + feature))
          << test.cpu << " " << feature;
    }
    for (const std::string& feature : target.cpu_features()) {
      EXPECT_TRUE(machine->getMCSubtargetInfo()->checkFeatures("+" + feature))
          << test.cpu << " " << feature;
    }
  }
}

TEST(Target, TunesForTheCpuButSelectsByFeatures) {
  const struct {
    InstructionSet instruction_set;
    const char* cpu;
    const char* target_cpu;
    const char* tune_cpu;
  } kCases[] = {
      {InstructionSet::kX86_64, "baseline", "x86-64", "x86-64"},
      {InstructionSet::kX86_64, "x86-64-v3", "x86-64", "x86-64-v3"},
      {InstructionSet::kX86_64, "znver3", "x86-64", "znver3"},
      {InstructionSet::kAArch64, "baseline", "generic", "generic"},
      {InstructionSet::kAArch64, "neoverse-n1", "generic", "neoverse-n1"},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(test.instruction_set, test.cpu));
    llvm::LLVMContext context;
    llvm::AttrBuilder attributes(context);
    target.AddFunctionAttributes(attributes);
    EXPECT_EQ(attributes.getAttribute("target-cpu").getValueAsString(),
              test.target_cpu);
    EXPECT_EQ(attributes.getAttribute("tune-cpu").getValueAsString(),
              test.tune_cpu);
  }
}

// 6.5 times slower on a matrix kernel.
TEST(Target, NeverGathers) {
  for (const char* cpu : {"baseline", "x86-64-v3", "icelake-server"}) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(InstructionSet::kX86_64, cpu));
    EXPECT_THAT(FeatureString(target), AllOf(HasSubstr("+prefer-no-gather"),
                                             HasSubstr("+prefer-no-scatter")));
  }
}

// The loader refuses an image whose features the CPU does not have.
TEST(Target, LoaderKnowsTheFeaturesOfTheHost) {
  ASSERT_OK_AND_ASSIGN(const Target target,
                       Target::Create(HostInstructionSet(), "native"));
  for (const std::string& feature : target.cpu_features()) {
    EXPECT_TRUE(HostHasCpuFeature(feature)) << feature;
  }
}

TEST(Target, MachinesAreForTheInstructionSet) {
  for (InstructionSet instruction_set : kInstructionSets) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(instruction_set, "baseline"));
    const std::unique_ptr<llvm::TargetMachine> machine =
        target.CreateTargetMachine(llvm::CodeGenOptLevel::None);
    EXPECT_EQ(machine->getTargetTriple().str(), target.traits().triple);
    EXPECT_EQ(machine->getRelocationModel(), llvm::Reloc::PIC_);
    EXPECT_EQ(machine->getCodeModel(), llvm::CodeModel::Small);
    EXPECT_EQ(machine->getOptLevel(), llvm::CodeGenOptLevel::None);
    EXPECT_EQ(&TraitsOf(instruction_set), &target.traits());
  }
}

TEST(Symbols, NameFunctionsByIndex) {
  const struct {
    const char* symbol;
    std::optional<uint32_t> function;
  } kCases[] = {
      {"f0", 0},
      {"f17", 17},
      {"f4294967295", 4294967295},
      {"f4294967296", std::nullopt},
      {"f", std::nullopt},
      {"", std::nullopt},
      {"g1", std::nullopt},
      {"f1x", std::nullopt},
      {"memcpy", std::nullopt},
      {"wasijit.MemoryGrow", std::nullopt},
      {"fmod", std::nullopt},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(FunctionFromSymbol(test.symbol), test.function) << test.symbol;
    if (test.function.has_value()) {
      EXPECT_EQ(FunctionSymbol(*test.function), test.symbol);
    }
  }
}

}  // namespace
}  // namespace wasijit::compiler
