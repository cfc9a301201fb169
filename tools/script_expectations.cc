#include "tools/script_expectations.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

using Kind = ScriptFinding::Kind;

struct Entry {
  absl::string_view script;
  // A failure at this line, or so many skips.
  std::optional<size_t> failing_line;
  absl::string_view reason = {};
  uint64_t skips = 0;
};

// Nothing for a line without an entry.
absl::StatusOr<std::optional<Entry>> ParseLine(absl::string_view line) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits('#', 1));
  const absl::string_view code = absl::StripAsciiWhitespace(parts.first);
  if (code.empty()) return std::optional<Entry>();
  const std::vector<absl::string_view> words =
      absl::StrSplit(code, ' ', absl::SkipEmpty());
  Entry entry;
  entry.script = words[0];
  entry.reason = absl::StripAsciiWhitespace(parts.second);
  if (words.size() == 3 && words[1] == "skips" &&
      absl::SimpleAtoi(words[2], &entry.skips)) {
    return entry;
  }
  const size_t colon = words[0].rfind(':');
  size_t failing_line = 0;
  if (words.size() == 2 && words[1] == "fails" &&
      colon != absl::string_view::npos &&
      absl::SimpleAtoi(words[0].substr(colon + 1), &failing_line) &&
      !entry.reason.empty()) {
    entry.script = words[0].substr(0, colon);
    entry.failing_line = failing_line;
    return entry;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "expected \"SCRIPT:LINE fails  # REASON\" or \"SCRIPT skips COUNT\": ",
      line));
}

bool FailsAt(const ScriptReport& report, size_t line) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [line](const ScriptFinding& finding) {
                       return finding.kind == Kind::kFailed &&
                              finding.line == line;
                     });
}

void Remove(ScriptReport& report, const auto& condition) {
  report.findings.erase(
      std::remove_if(report.findings.begin(), report.findings.end(), condition),
      report.findings.end());
}

}  // namespace

absl::StatusOr<ScriptExpectations> ScriptExpectations::Parse(
    absl::string_view text) {
  ScriptExpectations expectations;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ASSIGN_OR_RETURN(const std::optional<Entry> entry, ParseLine(line));
    if (!entry.has_value()) continue;
    Expected& expected = expectations.scripts_[entry->script];
    if (entry->failing_line.has_value()) {
      expected.failures.push_back(
          {*entry->failing_line, std::string(entry->reason)});
    } else {
      expected.skips += entry->skips;
    }
  }
  return expectations;
}

std::vector<ScriptFinding> ScriptExpectations::Apply(
    absl::string_view script, ScriptReport& report) const {
  std::vector<ScriptFinding> explained;
  const auto found = scripts_.find(script);
  if (found == scripts_.end()) return explained;
  const Expected& expected = found->second;
  for (const auto& [line, reason] : expected.failures) {
    if (!FailsAt(report, line)) {
      report.findings.push_back(
          {Kind::kFailed, line, "is expected to fail, but passes"});
      continue;
    }
    explained.push_back({Kind::kFailed, line, reason});
    Remove(report, [line = line](const ScriptFinding& finding) {
      return finding.kind == Kind::kFailed && finding.line == line;
    });
  }
  const uint64_t skips = report.Count(Kind::kSkipped);
  if (skips < expected.skips) {
    report.findings.push_back(
        {Kind::kFailed, 1,
         absl::StrCat(expected.skips, " are expected to be skipped, but ",
                      skips, " are")});
  }
  if (skips <= expected.skips) {
    Remove(report, [](const ScriptFinding& finding) {
      return finding.kind == Kind::kSkipped;
    });
  }
  return explained;
}

std::string ScriptExpectations::Shrink(absl::string_view text,
                                       absl::string_view script,
                                       const ScriptReport& report) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::StatusOr<std::optional<Entry>> entry = ParseLine(line);
    if (!entry.ok() || !entry->has_value() || (*entry)->script != script) {
      lines.emplace_back(line);
    } else if ((*entry)->failing_line.has_value()) {
      if (FailsAt(report, *(*entry)->failing_line)) lines.emplace_back(line);
    } else {
      const uint64_t skips =
          std::min((*entry)->skips, report.Count(Kind::kSkipped));
      if (skips > 0) lines.push_back(absl::StrCat(script, " skips ", skips));
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace wasijit::tools
