// wabt's wat2wasm and this program make the same of every module of the suite
// that wabt supports: the same bytes, or a rejection. wat2wasm_differences.txt
// says where not, and why.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/section.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_validator.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/module.h"
#include "test/spec/suite_modules.h"

namespace wasijit {
namespace {

namespace fs = std::filesystem;
using compiler::Feature;
using compiler::FeatureSet;
using compiler::ScriptModule;
using compiler::SectionId;
using test::SuiteModule;

// The proposals that wabt 1.0.32 has in the form in which they were accepted.
constexpr FeatureSet kSupported = FeatureSet()
                                      .Add(Feature::kBulkMemory)
                                      .Add(Feature::kMultiValue)
                                      .Add(Feature::kReferenceTypes)
                                      .Add(Feature::kSimd)
                                      .Add(Feature::kRelaxedSimd)
                                      .Add(Feature::kTailCall)
                                      .Add(Feature::kExtendedConst)
                                      .Add(Feature::kMultiMemory)
                                      .Add(Feature::kMemory64)
                                      .Add(Feature::kThreads)
                                      .Add(Feature::kLegacyExceptions);
// Everything but its drafts of function references and of GC, which reject what
// is valid without them.
constexpr char kOptions[] =
    "--enable-tail-call --enable-extended-const --enable-relaxed-simd"
    " --enable-multi-memory --enable-memory64 --enable-threads"
    " --enable-exceptions --enable-annotations --enable-code-metadata";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The other assembler.
class Wat2wasm {
 public:
  Wat2wasm() {
    char name[] = "/tmp/wat2wasm_test.XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~Wat2wasm() { fs::remove_all(directory_); }

  // The bytes, or nothing; then `message` says why. Some annotations keep it
  // busy for ever.
  std::optional<std::string> Convert(absl::string_view text,
                                     std::string& message) const {
    std::ofstream(directory_ / "a.wat", std::ios::binary) << text;
    fs::remove(directory_ / "a.wasm");
    const std::string command = absl::StrCat(
        "cd ", directory_.string(), "; ulimit -c 0; ulimit -t 5; exec ",
        WASIJIT_WAT2WASM, " ", kOptions, " a.wat -o a.wasm >a.err 2>&1");
    if (std::system(command.c_str()) == 0) {
      return ReadFile(directory_ / "a.wasm");
    }
    const std::string output = ReadFile(directory_ / "a.err");
    const size_t error = output.find("error: ");
    message =
        error == std::string::npos
            ? "failed: " + output
            : output.substr(error + 7, output.find('\n', error) - error - 7);
    return std::nullopt;
  }

 private:
  fs::path directory_;
};

// What each section consists of; custom sections one behind the other.
std::map<SectionId, std::string> Sections(absl::string_view module) {
  ByteReader reader(
      {reinterpret_cast<const uint8_t*>(module.data()), module.size()});
  reader.Bytes(sizeof(compiler::kMagic) + sizeof(compiler::kVersion));
  std::map<SectionId, std::string> sections;
  while (reader.ok() && !reader.AtEnd()) {
    const auto id = static_cast<SectionId>(reader.Byte());
    const absl::Span<const uint8_t> content = reader.Bytes(reader.U32());
    sections[id].append(content.begin(), content.end());
  }
  return sections;
}

// "element, code": the sections that differ.
std::string DifferingSections(absl::string_view a, absl::string_view b) {
  const std::map<SectionId, std::string> ours = Sections(a);
  std::map<SectionId, std::string> theirs = Sections(b);
  std::vector<absl::string_view> names;
  for (const auto& [id, content] : ours) {
    if (theirs[id] != content) names.push_back(NameOf(id));
  }
  for (const auto& [id, content] : theirs) {
    if (ours.count(id) == 0 && !content.empty()) names.push_back(NameOf(id));
  }
  return absl::StrJoin(names, ", ");
}

// The rows of wat2wasm_differences.txt: how often something differs, and a
// regular expression for it.
class KnownDifferences {
 public:
  KnownDifferences() {
    std::ifstream file(WASIJIT_SOURCE_DIR
                       "/test/spec/wat2wasm_differences.txt");
    const std::regex row("^ *([0-9]+) +(.*)$");
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      if (!std::regex_match(line, match, row)) continue;
      rows_.push_back(
          {match[2], std::regex(match[2].str()), std::stoul(match[1]), 0});
    }
  }
  void Explain(const std::string& difference) {
    for (Row& row : rows_) {
      if (!std::regex_search(difference, row.pattern)) continue;
      ++row.count;
      return;
    }
    ADD_FAILURE() << difference;
  }
  void ExpectCounts() const {
    for (const Row& row : rows_) {
      EXPECT_LE(row.count, row.listed) << "differs more often: " << row.text;
      EXPECT_GE(row.count, row.listed) << "write what is left: " << row.text;
    }
  }

 private:
  struct Row {
    std::string text;
    std::regex pattern;
    size_t listed;
    size_t count;
  };
  std::vector<Row> rows_;
};

class Comparison {
 public:
  void Compare(const SuiteModule& module) {
    if (module.form == ScriptModule::Form::kBinary) return;
    absl::Status ours = module.parsed.status();
    if (ours.ok()) {
      Module checked = *module.parsed;
      ours = compiler::ValidateModule(checked, FeatureSet::All());
      if ((checked.features_used & ~kSupported.bits()) != 0) {
        ++unsupported_;
        return;
      }
    }
    std::string message;
    const std::optional<std::string> theirs =
        wat2wasm_.Convert(module.content, message);
    if (theirs.has_value() != ours.ok()) {
      known_.Explain(absl::StrCat(
          module.place, ours.ok() ? " accepted, wat2wasm: " : " rejected: ",
          ours.ok() ? message : ours.message()));
    } else if (!ours.ok()) {
      ++rejected_;
    } else {
      CompareBytes(module, *theirs);
    }
  }

  void ExpectAllKnown() const {
    std::printf("%zu the same, %zu rejected by both, %zu beyond wabt\n", same_,
                rejected_, unsupported_);
    known_.ExpectCounts();
    EXPECT_GT(same_, 1000u);
  }

 private:
  void CompareBytes(const SuiteModule& module, const std::string& theirs) {
    const std::string ours(module.parsed->bytes->begin(),
                           module.parsed->bytes->end());
    if (ours == theirs) {
      ++same_;
    } else {
      known_.Explain(absl::StrCat(module.place, " differs in ",
                                  DifferingSections(ours, theirs)));
    }
  }

  const Wat2wasm wat2wasm_;
  KnownDifferences known_;
  size_t same_ = 0;
  size_t rejected_ = 0;
  size_t unsupported_ = 0;
};

TEST(Wat2wasm, AgreesOnEveryModuleThatItSupports) {
  if (std::string(WASIJIT_WAT2WASM).empty()) {
    GTEST_SKIP() << "ABSENT: wat2wasm (Debian's package wabt)";
  }
  Comparison comparison;
  if (!test::ForEachSuiteModule(false, [&](const SuiteModule& module) {
        comparison.Compare(module);
      })) {
    GTEST_SKIP() << "ABSENT: there is no test suite in "
                 << WASIJIT_TESTSUITE_DIR;
  }
  comparison.ExpectAllKnown();
}

}  // namespace
}  // namespace wasijit
