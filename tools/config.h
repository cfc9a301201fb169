// The user's configuration file.
#ifndef WASIJIT_TOOLS_CONFIG_H_
#define WASIJIT_TOOLS_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/code_cache.h"

namespace wasijit::tools {

struct Config {
  bool cache_enabled = true;
  // Without a directory there is no cache.
  CodeCacheOptions cache;
};

// What holds without a file. The directories are those of the XDG base
// directory specification; empty if the environment names no home.
Config DefaultConfig();
std::string DefaultConfigPath();

// `config` with what the text says, in the part of TOML that the table in
// config.cc needs. The keys are Wasmtime's. InvalidArgument with the number of
// the line.
absl::StatusOr<Config> ParseConfig(absl::string_view text, Config config);

// A file that says what holds anyway, with a comment on each key.
std::string ConfigText(const Config& config);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_CONFIG_H_
