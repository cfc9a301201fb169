// What is known to fail or to be skipped in scripts: a list that may only
// shrink.
#ifndef WASIJIT_TOOLS_SCRIPT_EXPECTATIONS_H_
#define WASIJIT_TOOLS_SCRIPT_EXPECTATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/script_runner.h"

namespace wasijit::tools {

// A text of lines, "#" beginning a comment:
//
//   proposals/threads/memory.wast:84 fails  # why
//   array.wast skips 35
//
// What fails must have a reason.
class ScriptExpectations {
 public:
  // InvalidArgument names the line that is malformed.
  static absl::StatusOr<ScriptExpectations> Parse(absl::string_view text);

  // Takes what is expected out of the report of a script: failures at their
  // lines, and skips if there are as many. What is expected and did not happen
  // becomes a failure. Gives the failures taken out, with the reason for each.
  std::vector<ScriptFinding> Apply(absl::string_view script,
                                   ScriptReport& report) const;

  // The text without what is expected of the script and did not happen; fewer
  // skips lower the number. Nothing is added. The report is as it was before
  // Apply.
  static std::string Shrink(absl::string_view text, absl::string_view script,
                            const ScriptReport& report);

 private:
  struct ExpectedFailure {
    size_t line;
    std::string reason;
  };
  struct Expected {
    std::vector<ExpectedFailure> failures;
    uint64_t skips = 0;
  };

  absl::btree_map<std::string, Expected> scripts_;
};

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SCRIPT_EXPECTATIONS_H_
