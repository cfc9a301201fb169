#include "test/spec/suite_modules.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/script_parser.h"
#include "gtest/gtest.h"

namespace wasijit::test {
namespace {

namespace fs = std::filesystem;
using compiler::Command;
using compiler::Script;
using compiler::ScriptModule;

std::vector<fs::path> Scripts(const fs::path& suite) {
  std::vector<fs::path> scripts;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(suite, error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".wast") scripts.push_back(entry->path());
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The fields of a module that is part of a script, as a text of their own.
std::string TextOf(const Script& script, const ScriptModule& module) {
  if (module.form != ScriptModule::Form::kText) return module.content;
  const auto& tokens = script.sequence.tokens;
  const size_t begin = tokens[module.fields.begin].offset();
  const size_t end = tokens[module.fields.end].offset();
  std::string id;
  if (module.id != 0) {
    id = absl::StrCat(script.sequence.Text(tokens[module.id]), " ");
  }
  return absl::StrCat("(module ", id,
                      script.sequence.source.substr(begin, end - begin), ")");
}

class ScriptVisitor {
 public:
  ScriptVisitor(std::string name, const Script& script, bool identifiers,
                const std::function<void(const SuiteModule&)>& visit)
      : name_(std::move(name)),
        script_(script),
        options_{.identifiers = identifiers},
        visit_(visit) {}

  void Visit(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      const size_t offset = script_.sequence.tokens[command.token].offset();
      const absl::string_view source = script_.sequence.source;
      line_ = 1 + std::count(source.begin(), source.begin() + offset, '\n');
      if (const auto* module = std::get_if<ScriptModule>(&command.body)) {
        VisitModule(*module);
      } else if (const auto* assertion =
                     std::get_if<compiler::ModuleAssertion>(&command.body)) {
        VisitModule(assertion->module);
      } else if (const auto* thread = std::get_if<
                     std::shared_ptr<const compiler::ThreadCommand>>(
                     &command.body)) {
        Visit((*thread)->commands);
      }
    }
  }

 private:
  void VisitModule(const ScriptModule& module) {
    visit_({absl::StrCat(name_, ":", line_), module.form,
            TextOf(script_, module),
            compiler::ParseScriptModule(script_, module, options_)});
  }

  std::string name_;
  const Script& script_;
  compiler::ParseOptions options_;
  const std::function<void(const SuiteModule&)>& visit_;
  size_t line_ = 0;
};

}  // namespace

bool ForEachSuiteModule(bool identifiers,
                        const std::function<void(const SuiteModule&)>& visit) {
  const fs::path suite = WASIJIT_TESTSUITE_DIR;
  const std::vector<fs::path> scripts = Scripts(suite);
  for (const fs::path& path : scripts) {
    const std::string source = ReadFile(path);
    const absl::StatusOr<Script> script = compiler::ParseScript(source);
    EXPECT_TRUE(script.ok()) << path << ": " << script.status();
    if (!script.ok()) continue;
    ScriptVisitor(path.lexically_relative(suite), *script, identifiers, visit)
        .Visit(script->commands);
  }
  return !scripts.empty();
}

}  // namespace wasijit::test
