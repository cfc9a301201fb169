#include "tools/config.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/status/status_macros.h"
#include "tools/settings.h"

namespace wasijit::tools {
namespace {

// "64Ki" as well as "64K"; the letters always stand for powers of 1024.
std::optional<uint64_t> ParseCount(absl::string_view text) {
  absl::ConsumeSuffix(&text, "i");
  return ParseSize(text);
}

// How a value is written, and read back. `Read` is false for what is none.
std::string Written(bool value) { return value ? "true" : "false"; }
bool Read(absl::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

// The content of "..." or '...'.
std::optional<std::string> Unquoted(absl::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return std::nullopt;
  const absl::string_view content = text.substr(1, text.size() - 2);
  std::string result;
  switch (text.front()) {
    case '\'':
      return std::string(content);
    case '"':
      if (!absl::CUnescape(content, &result)) return std::nullopt;
      return result;
    default:
      return std::nullopt;
  }
}

std::string Written(const std::string& value) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(value), "\"");
}
bool Read(absl::string_view text, std::string& value) {
  std::optional<std::string> content = Unquoted(text);
  if (content) value = *std::move(content);
  return content.has_value();
}

std::string Written(uint64_t value) {
  constexpr uint64_t kMebi = uint64_t{1} << 20;
  return value != 0 && value % kMebi == 0
             ? absl::StrCat("\"", value / kMebi, "Mi\"")
             : absl::StrCat("\"", value, "\"");
}
bool Read(absl::string_view text, uint64_t& value) {
  const std::optional<std::string> content = Unquoted(text);
  const std::optional<uint64_t> count =
      ParseCount(content ? absl::string_view(*content) : text);
  value = count.value_or(0);
  return count.has_value();
}

constexpr absl::string_view kSection = "[cache]";

// The table of keys: visitor(key, value, comment).
template <typename C, typename Visitor>
void VisitKeys(C& config, Visitor&& visitor) {
  visitor("enabled", config.cache_enabled,
          "Whether compiled code is kept for the next run.");
  visitor("directory", config.cache.directory,
          "Where; nobody else may be able to write there.");
  visitor("files-total-size-soft-limit", config.cache.max_size,
          "Beyond these limits, what was used longest ago is removed.");
  visitor("file-count-soft-limit", config.cache.max_files, "");
}

absl::Status LineError(size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

// What is left of a '#' that is not in quotes, without blanks around.
absl::string_view WithoutComment(absl::string_view line) {
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && c == '#') {
      line = line.substr(0, i);
      break;
    }
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return absl::StripAsciiWhitespace(line);
}

absl::Status ParseLine(size_t number, absl::string_view line, Config& config) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits('=', 1));
  const absl::string_view key = absl::StripAsciiWhitespace(parts.first);
  const absl::string_view text = absl::StripAsciiWhitespace(parts.second);
  if (key.size() == line.size())
    return LineError(number, "expected KEY = VALUE");
  absl::Status status =
      LineError(number, absl::StrCat("unknown key '", key, "'"));
  VisitKeys(config, [&](absl::string_view name, auto& value, auto) {
    if (name != key) return;
    status =
        Read(text, value)
            ? absl::OkStatus()
            : LineError(number, absl::StrCat("'", key, "' cannot be ", text));
  });
  return status;
}

std::string Directory(const char* variable, absl::string_view in_home) {
  // Not for a program that runs with somebody else's rights.
  const char* directory = secure_getenv(variable);
  // The specification: a relative path is to be ignored.
  if (directory != nullptr && directory[0] == '/') {
    return absl::StrCat(directory, "/wasijit");
  }
  const char* home = secure_getenv("HOME");
  if (home == nullptr || home[0] != '/') return "";
  return absl::StrCat(home, "/", in_home, "/wasijit");
}

}  // namespace

Config DefaultConfig() {
  Config config;
  config.cache.directory = Directory("XDG_CACHE_HOME", ".cache");
  return config;
}

std::string DefaultConfigPath() {
  const std::string directory = Directory("XDG_CONFIG_HOME", ".config");
  return directory.empty() ? "" : absl::StrCat(directory, "/config.toml");
}

absl::StatusOr<Config> ParseConfig(absl::string_view text, Config config) {
  bool in_section = false;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = WithoutComment(line);
    if (line.empty()) continue;
    if (line == kSection) {
      in_section = true;
    } else if (line.front() == '[') {
      return LineError(number, absl::StrCat("unknown section ", line));
    } else if (!in_section) {
      return LineError(number, absl::StrCat("expected ", kSection, " before"));
    } else {
      RETURN_IF_ERROR(ParseLine(number, line, config));
    }
  }
  if (!config.cache.directory.empty() && config.cache.directory[0] != '/') {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", config.cache.directory, "' is no absolute path of a directory"));
  }
  return config;
}

std::string ConfigText(const Config& config) {
  std::string text = absl::StrCat(kSection, "\n");
  VisitKeys(config, [&](absl::string_view key, const auto& value,
                        absl::string_view comment) {
    if (!comment.empty()) absl::StrAppend(&text, "# ", comment, "\n");
    absl::StrAppend(&text, key, " = ", Written(value), "\n");
  });
  return text;
}

}  // namespace wasijit::tools
