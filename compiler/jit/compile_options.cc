#include "compiler/jit/compile_options.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {

std::string ToString(const CompileOptions& options) {
  // Names every member: another one does not compile until it is here.
  const auto& [features, instruction_set, cpu, level, bounds_checks,
               strict_traps, deterministic, large_functions, time,
               nests_at_once, threads, progress] = options;
  return absl::StrCat("features=", features.bits(), " instruction_set=",
                      instruction_set ? static_cast<int>(*instruction_set) : -1,
                      " cpu=", cpu, " level=", static_cast<int>(level),
                      " bounds_checks=", static_cast<int>(bounds_checks),
                      " strict_traps=", strict_traps,
                      " deterministic=", deterministic);
}

}  // namespace wasijit::compiler
