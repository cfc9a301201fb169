// Runs the official suite's scripts.
#ifndef WASIJIT_TOOLS_SCRIPT_RUNNER_H_
#define WASIJIT_TOOLS_SCRIPT_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/syntax/features.h"
#include "runtime/engine.h"

namespace wasijit::tools {

// Something about a script that is not simply right.
struct ScriptFinding {
  enum class Kind : uint8_t {
    kFailed,
    // Could not be tried: something that it needs is not implemented.
    kSkipped,
  };
  Kind kind = Kind::kFailed;
  // Of the command, counted from 1.
  size_t line = 0;
  // What went wrong, or what is missing.
  std::string message;
};

struct ScriptReport {
  // Assertions that hold.
  uint64_t passed = 0;
  // By line. Other commands than assertions are here if they fail.
  std::vector<ScriptFinding> findings;

  uint64_t Count(ScriptFinding::Kind kind) const;
};

struct ScriptOptions {
  compiler::FeatureSet features = compiler::FeatureSet::Default();
  // Executes the scripts; must validate with the same features. Null: modules
  // are only parsed and validated, and only assertions about that are counted.
  Engine* engine = nullptr;
  // Told the line of every command before it runs.
  std::function<void(size_t line)> on_command = nullptr;
};

// `source` is the script's text. A text that is no script is one failure.
ScriptReport RunScript(absl::string_view source, const ScriptOptions& options);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SCRIPT_RUNNER_H_
