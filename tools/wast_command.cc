// `wasijit wast`: the official suite's scripts.
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "compiler/jit/compile_options.h"
#include "compiler/syntax/features.h"
#include "runtime/abi/code_image.h"
#include "runtime/engine.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/compiler_module.h"
#include "tools/file.h"
#include "tools/script_expectations.h"
#include "tools/script_process.h"
#include "tools/script_runner.h"
#include "tools/settings.h"

namespace wasijit::tools {
namespace {

using Kind = ScriptFinding::Kind;

struct ScriptFile {
  std::string path;
  // Relative to the directory that the user named.
  std::string name;
};

// The .wast files below a directory, or the file itself.
absl::StatusOr<std::vector<ScriptFile>> FindScripts(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return std::vector<ScriptFile>{{path, fs::path(path).filename()}};
  }
  std::vector<ScriptFile> files;
  for (fs::recursive_directory_iterator entry(path, error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".wast") continue;
    files.push_back({entry->path(), entry->path().lexically_relative(path)});
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  }
  if (files.empty()) {
    return absl::NotFoundError(absl::StrCat(path, ": no .wast files"));
  }
  return files;
}

bool IsSelected(const std::string& name,
                absl::Span<const std::string> filters) {
  return filters.empty() ||
         std::any_of(
             filters.begin(), filters.end(), [&](const std::string& filter) {
               return fnmatch(filter.c_str(), name.c_str(), FNM_PATHNAME) == 0;
             });
}

absl::StatusOr<std::vector<ScriptFile>> SelectScripts(const CommandLine& line) {
  if (line.operands().empty()) {
    return absl::InvalidArgumentError(
        "no FILE; `wasijit wast --help` says more");
  }
  std::vector<ScriptFile> selected;
  for (const std::string& operand : line.operands()) {
    ASSIGN_OR_RETURN(std::vector<ScriptFile> files, FindScripts(operand));
    for (ScriptFile& file : files) {
      if (IsSelected(file.name, line.Values(Option::kFilter))) {
        selected.push_back(std::move(file));
      }
    }
  }
  if (selected.empty()) {
    return absl::InvalidArgumentError("the filters match no script");
  }
  std::sort(
      selected.begin(), selected.end(),
      [](const ScriptFile& a, const ScriptFile& b) { return a.name < b.name; });
  return selected;
}

// Scripts in a directory named after a proposal need it.
compiler::FeatureSet FeaturesOf(const std::string& path,
                                compiler::FeatureSet features) {
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (const auto feature = compiler::FeatureFromName(part)) {
      features.Add(*feature);
    }
  }
  return features;
}

// How scripts are run.
struct RunOptions {
  EngineOptions engine;
  compiler::CompileOptions compile;
  bool validate_only = false;
  bool reload = false;
};

// The code as it comes out of a cache.
CompileFunction Reloading(CompileFunction compile) {
  return [compile = std::move(compile)](
             absl::Span<const uint8_t> bytes,
             BoundsChecks bounds_checks) -> absl::StatusOr<CompileResult> {
    ASSIGN_OR_RETURN(CompileResult result, compile(bytes, bounds_checks));
    const auto* image = std::get_if<CodeImage>(&result);
    if (image == nullptr) {
      return absl::InvalidArgumentError(
          "--reload needs code that is there before it runs: --tier eager");
    }
    return ReadImage(WriteImage(*image));
  };
}

// In a process of its own.
ScriptReport RunFile(const ScriptFile& file, const RunOptions& run_options,
                     std::function<void(size_t line)> on_command) {
  const auto failure = [](const absl::Status& status) {
    ScriptReport report;
    report.findings.push_back(
        {Kind::kFailed, 1, std::string(status.message())});
    return report;
  };
  absl::StatusOr<std::vector<uint8_t>> text = ReadFile(file.path);
  if (!text.ok()) return failure(text.status());
  compiler::CompileOptions compile = run_options.compile;
  compile.features = FeaturesOf(file.path, compile.features);
  // There is a process for every core already.
  compile.threads = 1;
  ScriptOptions options = {.features = compile.features,
                           .on_command = std::move(on_command)};
  std::unique_ptr<Engine> engine;
  if (!run_options.validate_only) {
    CompileFunction compiler = LazyCompiler(compile);
    if (run_options.reload) compiler = Reloading(std::move(compiler));
    absl::StatusOr<std::unique_ptr<Engine>> created =
        Engine::Create(run_options.engine, std::move(compiler));
    if (!created.ok()) return failure(created.status());
    engine = *std::move(created);
    options.engine = engine.get();
  }
  return RunScript({reinterpret_cast<const char*>(text->data()), text->size()},
                   options);
}

// Counts of a directory.
struct Counts {
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t skipped = 0;
  uint64_t expected = 0;

  void PrintRow(absl::string_view name) const {
    absl::PrintF("%8u %8u %8u %9u  %s\n", passed, failed, skipped, expected,
                 name);
  }
};

std::string DirectoryOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? "."
                                          : std::string(name.substr(0, slash));
}

// Failures one by one, skips by reason.
void PrintFindings(absl::string_view name, const ScriptReport& report) {
  absl::btree_map<std::string, uint64_t> reasons;
  for (const ScriptFinding& finding : report.findings) {
    if (finding.kind == Kind::kFailed) {
      absl::PrintF("%s:%u: %s\n", name, finding.line, finding.message);
    } else {
      ++reasons[finding.message];
    }
  }
  for (const auto& [reason, count] : reasons) {
    absl::PrintF("%s: %u skipped: %s\n", name, count, reason);
  }
}

void PrintProgress(size_t done, size_t count, absl::string_view name) {
  absl::FPrintF(stderr, "\r\x1b[K[%u/%u] %s", done, count, name);
  if (done == count) std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

absl::StatusOr<std::string> ReadText(absl::string_view path) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(std::string(path)));
  return std::string(bytes.begin(), bytes.end());
}

absl::Status ShrinkExpectations(absl::string_view path, std::string text,
                                const std::vector<ScriptFile>& files,
                                const std::vector<ScriptReport>& reports) {
  for (size_t i = 0; i < files.size(); ++i) {
    text = ScriptExpectations::Shrink(text, files[i].name, reports[i]);
  }
  return WriteFile(
      std::string(path),
      {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// Prints what is not as expected, what is and why, and the counts. True if all
// is as expected.
bool PrintSummary(const std::vector<ScriptFile>& files,
                  std::vector<ScriptReport> reports,
                  const ScriptExpectations& expectations) {
  absl::btree_map<std::string, Counts> directories;
  Counts total;
  for (size_t i = 0; i < files.size(); ++i) {
    ScriptReport& report = reports[i];
    const size_t all = report.findings.size();
    for (const ScriptFinding& explained :
         expectations.Apply(files[i].name, report)) {
      absl::PrintF("%s:%u: fails as expected: %s\n", files[i].name,
                   explained.line, explained.message);
    }
    PrintFindings(files[i].name, report);
    const Counts counts = {report.passed, report.Count(Kind::kFailed),
                           report.Count(Kind::kSkipped),
                           all - std::min(all, report.findings.size())};
    for (Counts* sum : {&directories[DirectoryOf(files[i].name)], &total}) {
      sum->passed += counts.passed;
      sum->failed += counts.failed;
      sum->skipped += counts.skipped;
      sum->expected += counts.expected;
    }
  }
  std::puts("  passed   failed  skipped  expected");
  for (const auto& [name, counts] : directories) counts.PrintRow(name);
  total.PrintRow(absl::StrFormat("total of %u scripts", files.size()));
  return total.failed == 0;
}

absl::StatusOr<size_t> JobsOf(const CommandLine& line) {
  const std::optional<absl::string_view> text = line.Value(Option::kJobs);
  if (!text.has_value())
    return static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN));
  size_t jobs = 0;
  if (!absl::SimpleAtoi(*text, &jobs) || jobs == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jobs ", *text, ": expected a positive number"));
  }
  return jobs;
}

}  // namespace

absl::StatusOr<int> WastCommand(const CommandLine& line) {
  ASSIGN_OR_RETURN(const std::vector<ScriptFile> files, SelectScripts(line));
  ASSIGN_OR_RETURN(const size_t jobs, JobsOf(line));
  RunOptions options;
  options.validate_only = line.Has(Option::kValidateOnly);
  options.reload = line.Has(Option::kReload);
  ASSIGN_OR_RETURN(options.engine, EngineOptionsOf(line));
  ASSIGN_OR_RETURN(options.compile, CompileOptionsOf(line));
  std::string expectations_text;
  const std::optional<absl::string_view> expectations_path =
      line.Value(Option::kExpect);
  if (expectations_path.has_value()) {
    ASSIGN_OR_RETURN(expectations_text, ReadText(*expectations_path));
  }
  ASSIGN_OR_RETURN(const ScriptExpectations expectations,
                   ScriptExpectations::Parse(expectations_text));
  // Opened once, for all processes.
  if (!options.validate_only) RETURN_IF_ERROR(OpenCompilerModule().status());

  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  size_t done = 0;
  ASSIGN_OR_RETURN(
      const std::vector<ScriptReport> reports,
      RunInProcesses(
          files.size(), jobs,
          [&](size_t script, std::function<void(size_t line)> on_command) {
            return RunFile(files[script], options, std::move(on_command));
          },
          [&](size_t script, const ScriptReport&) {
            ++done;
            if (shows_progress) {
              PrintProgress(done, files.size(), files[script].name);
            }
          }));
  if (line.Has(Option::kShrink) && expectations_path.has_value()) {
    RETURN_IF_ERROR(ShrinkExpectations(*expectations_path, expectations_text,
                                       files, reports));
  }
  return PrintSummary(files, reports, expectations) ? 0 : 1;
}

}  // namespace wasijit::tools
