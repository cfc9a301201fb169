#include "compiler/validation/module_validator.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/text/script.h"
#include "compiler/text/script_parser.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"
#include "runtime/status/status_macros.h"
#include "test/compiler/sample_modules.h"
#include "test/compiler/small_stack.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

using compiler::DecodeModule;
using compiler::Feature;
using compiler::FeatureSet;
using compiler::ValidateModule;

using Bytes = std::vector<uint8_t>;

TEST(ValidateModule, AcceptsTheSamples) {
  for (const SampleModule& sample : kSampleModules) {
    EXPECT_OK(Validate(sample.text)) << sample.name;
  }
}

TEST(ValidateModule, ChecksImports) {
  const ValidationCase kCases[] = {
      {"(import \"a\" \"b\" (func (type 3)))", "unknown type 3"},
      {"(type (struct)) (import \"a\" \"b\" (func (type 0)))",
       "type mismatch: type 0 is not a function type, in import 0 (\"a\" "
       "\"b\")"},
      {"(import \"a\" \"b\" (global (ref 3)))", "unknown type 3"},
      {"(import \"a\" \"b\" (memory 70000))", "memory size must be at most"},
      {"(import \"a\" \"b\" (tag (result i32)))", "non-empty tag result type"},
  };
  ExpectValidation(kCases);
}

TEST(ValidateModule, ChecksMemories) {
  const ValidationCase kCases[] = {
      {"(memory 65536)", ""},
      {"(memory 65537)", "memory size must be at most 65536 pages (4GiB)"},
      {"(memory 1 65537)", "memory size must be at most 65536 pages (4GiB)"},
      {"(memory 2 1)", "size minimum must not be greater than maximum"},
      {"(memory i64 0x1000000000000)", ""},
      {"(memory i64 0x1000000000001)", "memory size must be at most"},
      {"(memory 0xffffffff (pagesize 1))", ""},
      {"(memory 0x100000000 (pagesize 1))", "memory size must be at most"},
      {"(memory i64 0xffffffffffffffff (pagesize 1))", ""},
      {"(memory 1 (pagesize 4))", "invalid custom page size"},
      {"(memory 1 2 shared)", ""},
      {"(memory 1 shared)", "shared memory must have maximum"},
  };
  ExpectValidation(kCases);
}

TEST(ValidateModule, ChecksTables) {
  const ValidationCase kCases[] = {
      {"(table 0xffffffff funcref)", ""},
      {"(table 0x100000000 funcref)", "table size must be at most"},
      {"(table i64 0x100000000 funcref)", ""},
      {"(table 2 1 funcref)", "size minimum must not be greater than maximum"},
      {"(table 1 (ref func))", "type mismatch: a table of non-nullable"},
      {"(func $f) (table 1 (ref func) (ref.func $f))", ""},
      {"(table 1 funcref (ref.null extern))", "type mismatch"},
      // Tables come before globals.
      {"(global $g funcref (ref.null func)) (table 1 funcref "
       "(global.get $g))",
       "unknown global 0"},
  };
  ExpectValidation(kCases);
}

TEST(ValidateModule, ChecksSegments) {
  const ValidationCase kCases[] = {
      {"(memory 1) (data (i32.const 0) \"x\")", ""},
      {"(data (i32.const 0) \"x\")", "unknown memory 0"},
      {"(data \"passive\")", ""},
      {"(elem (i32.const 0) funcref)", "unknown table 0"},
      {"(table 1 externref) (elem (i32.const 0) func)",
       "type mismatch: element segment's type"},
      {"(table 1 funcref) (elem (i32.const 0) func 3)", "unknown function 3"},
      {"(elem funcref (ref.null extern))", "type mismatch"},
      {"(table i64 1 funcref) (elem (i32.const 0) func)", "type mismatch"},
      {"(elem (ref 9))", "unknown type 9"},
  };
  ExpectValidation(kCases);
}

TEST(ValidateModule, ChecksStartAndExports) {
  const ValidationCase kCases[] = {
      {"(func $s) (start $s)", ""},
      {"(func $s (param i32)) (start $s)",
       "start function must not have parameters or results"},
      {"(start 4)", "unknown function 4"},
      {"(func (export \"a\") (export \"b\"))", ""},
      {"(func (export \"a\") (export \"a\"))",
       "duplicate export name, in export \"a\""},
      {"(export \"f\" (func 1))", "unknown function 1"},
      {"(export \"t\" (table 1))", "unknown table 1"},
      {"(export \"m\" (memory 1))", "unknown memory 1"},
      {"(export \"g\" (global 1))", "unknown global 1"},
      {"(export \"e\" (tag 1))", "unknown tag 1"},
  };
  ExpectValidation(kCases);
}

TEST(ValidateModule, RefusesDeclarationsOfDisabledProposals) {
  const struct {
    const char* fields;
    Feature feature;
    const char* error;
  } kCases[] = {
      {"(memory 1) (memory 1)", Feature::kMultiMemory, "multiple memories"},
      {"(table 1 funcref) (table 1 funcref)", Feature::kReferenceTypes,
       "multiple tables"},
      {"(memory i64 1)", Feature::kMemory64, "the memory64 proposal"},
      {"(table i64 1 funcref)", Feature::kMemory64, "the memory64 proposal"},
      {"(memory 1 1 shared)", Feature::kThreads, "the threads proposal"},
      {"(memory 1 (pagesize 1))", Feature::kCustomPageSizes,
       "the custom-page-sizes proposal"},
      {"(data \"\")", Feature::kBulkMemory, "the bulk-memory proposal"},
      {"(elem func)", Feature::kBulkMemory, "the bulk-memory proposal"},
      {"(type (struct))", Feature::kGc, "the gc proposal"},
      {"(type (sub (func)))", Feature::kGc, "the gc proposal"},
      {"(type (func (result i32 i32)))", Feature::kMultiValue,
       "the multi-value proposal"},
      {"(func (param i32) (i32.const 0) (block (param i32) (drop)))",
       Feature::kMultiValue, "the multi-value proposal"},
      {"(func (param externref))", Feature::kReferenceTypes,
       "the reference-types proposal"},
      {"(func (param v128))", Feature::kSimd, "the simd proposal"},
      {"(func (local v128))", Feature::kSimd, "the simd proposal"},
      {"(global v128 (v128.const i64x2 0 0))", Feature::kSimd,
       "the simd proposal"},
      {"(func (local (ref null 0)))", Feature::kFunctionReferences,
       "the function-references proposal"},
      {"(rec (type (descriptor 1) (struct)) (type (describes 0) (struct)))",
       Feature::kCustomDescriptors, "the custom-descriptors proposal"},
  };
  for (const auto& c : kCases) {
    EXPECT_OK(Validate(c.fields)) << c.fields;
    FeatureSet features = FeatureSet::All();
    features.Remove(c.feature);
    EXPECT_THAT(Validate(c.fields, features),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::StartsWith(c.error)))
        << c.fields;
  }
}

// What the first WebAssembly had stays without any proposal.
TEST(ValidateModule, AcceptsTheFirstWebAssemblyWithoutProposals) {
  EXPECT_OK(
      Validate("(import \"a\" \"b\" (global $g (mut i32))) (table 1 funcref) "
               "(memory 1) (elem (i32.const 0) $f) (data (i32.const 0) \"x\") "
               "(func $f (param i32) (result i32) (block (result i32) "
               "(i32.extend8_s (i32.trunc_sat_f32_s (f32.const 1)))) "
               "(call_indirect (param i32) (result i32) (i32.const 0)))",
               FeatureSet()));
}

TEST(ValidateModule, SaysWhichProposalsAModuleUses) {
  const struct {
    const char* fields;
    FeatureSet features;
  } kCases[] = {
      {"(func (nop))", FeatureSet()},
      {"(func (param v128))", FeatureSet().Add(Feature::kSimd)},
      {"(memory 1 1 shared) (func (atomic.fence))",
       FeatureSet().Add(Feature::kThreads)},
      {"(memory 1) (memory i64 1)",
       FeatureSet().Add(Feature::kMultiMemory).Add(Feature::kMemory64)},
  };
  for (const auto& c : kCases) {
    ASSERT_OK_AND_ASSIGN(Module module, compiler::ParseModule(c.fields));
    ASSERT_OK(ValidateModule(module, FeatureSet::All()));
    EXPECT_EQ(module.features_used, c.features.bits()) << c.fields;
  }
}

// Damages every byte of every sample in several ways. Whatever the outcome, it
// is an error or a module that encoding and decoding give again.
TEST(ValidateModule, SurvivesEveryDamagedByte) {
  for (const SampleModule& sample : kSampleModules) {
    ASSERT_OK_AND_ASSIGN(const Module original,
                         compiler::ParseModule(sample.text));
    const Bytes& bytes = *original.bytes;
    for (size_t position = 8; position < bytes.size(); ++position) {
      for (int change : {1, 2, 4, 8, 16, 32, 64, 128, 255, 127, 0x0b}) {
        Bytes damaged = bytes;
        damaged[position] ^= static_cast<uint8_t>(change);
        absl::StatusOr<Module> module =
            DecodeModule(damaged, FeatureSet::All());
        if (!module.ok() || !ValidateModule(*module, FeatureSet::All()).ok()) {
          continue;
        }
        const Bytes encoded = compiler::EncodeBinary(*module);
        ASSERT_OK_AND_ASSIGN(Module again,
                             DecodeModule(encoded, FeatureSet::All()));
        EXPECT_OK(ValidateModule(again, FeatureSet::All()));
        EXPECT_EQ(compiler::EncodeBinary(again), encoded);
      }
    }
  }
}

// Of an instruction, not of anything else.
TEST(ValidateModule, SaysAtWhichOffset) {
  ASSERT_OK_AND_ASSIGN(Module module,
                       compiler::ParseModule("(func nop i32.add drop)"));
  const absl::Status error = ValidateModule(module, FeatureSet::All());
  EXPECT_EQ(compiler::OffsetOf(error), module.functions[0].body.offset + 2);
  ASSERT_OK_AND_ASSIGN(Module other,
                       compiler::ParseModule("(export \"f\" (func 1))"));
  EXPECT_EQ(compiler::OffsetOf(ValidateModule(other, FeatureSet::All())),
            std::nullopt);
}

// One function whose body repeats `opening` a million times, then `closing`.
Bytes DeepModule(const Bytes& opening, const Bytes& closing) {
  constexpr int kDepth = 1'000'000;
  ByteWriter body;
  body.Byte(0);
  for (int i = 0; i < kDepth; ++i) body.Bytes(opening);
  for (int i = 0; i < kDepth; ++i) body.Bytes(closing);
  body.Byte(0x0b);
  ByteWriter code;
  code.U32(1);
  code.SizedBytes(body.bytes());
  ByteWriter module;
  module.Bytes(Bytes{0, 'a', 's', 'm', 1, 0, 0, 0,  //
                     1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10});
  module.SizedBytes(code.bytes());
  return module.Take();
}

TEST(ValidateModule, DoesNotRecurse) {
  const struct {
    Bytes opening;
    Bytes closing;
  } kCases[] = {
      {{0x02, 0x40}, {0x0b}},              // block
      {{0x03, 0x40}, {0x0b}},              // loop
      {{0x41, 0x00, 0x04, 0x40}, {0x0b}},  // if
      {{0x06, 0x40}, {0x19, 0x0b}},        // try ... catch_all
      {{0x1f, 0x40, 0x00}, {0x0b}},        // try_table
  };
  for (const auto& c : kCases) {
    const Bytes bytes = DeepModule(c.opening, c.closing);
    RunOnSmallStack([&] {
      absl::StatusOr<Module> module = DecodeModule(bytes);
      ASSERT_OK(module);
      EXPECT_OK(ValidateModule(*module, FeatureSet::All()));
    });
  }
}

// The proposals that a file of the official suite is about, and those that it
// was written without.
FeatureSet FeaturesOfFile(absl::string_view path) {
  FeatureSet features = FeatureSet::Default();
  if (absl::StrContains(path, "proposals/custom-descriptors/")) {
    features.Add(Feature::kCustomDescriptors);
  } else if (absl::StrContains(path, "proposals/custom-page-sizes/")) {
    features.Add(Feature::kCustomPageSizes);
  } else if (absl::StrContains(path, "proposals/wide-arithmetic/")) {
    features.Add(Feature::kWideArithmetic);
  } else if (absl::StrContains(path, "proposals/threads/")) {
    features.Remove(Feature::kMultiMemory).Remove(Feature::kReferenceTypes);
  }
  return features;
}

// Runs the modules of the official suite through decoder, validator, encoder.
class SuiteChecker {
 public:
  SuiteChecker(const compiler::Script& script, FeatureSet features)
      : script_(script), features_(features) {}

  void Check(absl::Span<const compiler::Command> commands) {
    using compiler::ModuleAssertion;
    using compiler::ScriptModule;
    for (const compiler::Command& command : commands) {
      if (const auto* module = std::get_if<ScriptModule>(&command.body)) {
        ExpectValid(*module);
      } else if (const auto* assertion =
                     std::get_if<ModuleAssertion>(&command.body)) {
        Check(*assertion);
      } else if (const auto* thread = std::get_if<
                     std::shared_ptr<const compiler::ThreadCommand>>(
                     &command.body)) {
        Check((*thread)->commands);
      }
    }
  }

  int valid() const { return valid_; }
  int refused() const { return refused_; }

 private:
  absl::StatusOr<Module> Validated(const compiler::ScriptModule& source) const {
    compiler::ParseOptions options;
    options.features = features_;
    ASSIGN_OR_RETURN(Module module,
                     ParseScriptModule(script_, source, options));
    RETURN_IF_ERROR(ValidateModule(module, features_));
    return module;
  }

  void ExpectValid(const compiler::ScriptModule& source) {
    ++valid_;
    const absl::StatusOr<Module> module = Validated(source);
    ASSERT_OK(module);
    const Bytes encoded = compiler::EncodeBinary(*module);
    ASSERT_OK_AND_ASSIGN(Module again, DecodeModule(encoded, features_));
    EXPECT_OK(ValidateModule(again, features_));
    EXPECT_EQ(compiler::EncodeBinary(again), encoded);
  }

  void Check(const compiler::ModuleAssertion& assertion) {
    using Kind = compiler::ModuleAssertion::Kind;
    const bool is_text =
        assertion.module.form != compiler::ScriptModule::Form::kBinary;
    switch (assertion.kind) {
      case Kind::kUnlinkable:
      case Kind::kTrap:
        return ExpectValid(assertion.module);
      case Kind::kInvalid:
        break;
      case Kind::kMalformed:
        if (!is_text) break;
        return;
      case Kind::kMalformedCustom:
      case Kind::kInvalidCustom:
        return;
    }
    ++refused_;
    EXPECT_THAT(Validated(assertion.module),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::StartsWith(assertion.message)));
  }

  const compiler::Script& script_;
  const FeatureSet features_;
  int valid_ = 0;
  int refused_ = 0;
};

TEST(ValidateModule, AgreesWithTheOfficialSuite) {
  const std::filesystem::path directory(WASIJIT_TESTSUITE_DIR);
  if (!std::filesystem::is_directory(directory)) {
    GTEST_SKIP() << "no test suite at " << directory;
  }
  int valid = 0;
  int refused = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().extension() != ".wast") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    const std::string path = entry.path().string();
    SCOPED_TRACE(path);
    const absl::StatusOr<compiler::Script> script = compiler::ParseScript(text);
    ASSERT_OK(script);
    SuiteChecker checker(*script, FeaturesOfFile(path));
    checker.Check(script->commands);
    valid += checker.valid();
    refused += checker.refused();
  }
  RecordProperty("valid", valid);
  RecordProperty("refused", refused);
  EXPECT_GT(valid, 2000);
  EXPECT_GT(refused, 3000);
}

}  // namespace
}  // namespace wasijit::test
