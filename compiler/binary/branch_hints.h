// The section of branch hints (branch hinting proposal).
#ifndef WASIJIT_COMPILER_BINARY_BRANCH_HINTS_H_
#define WASIJIT_COMPILER_BINARY_BRANCH_HINTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/module/byte_writer.h"

namespace wasijit::compiler {

inline constexpr absl::string_view kBranchHintSection =
    "metadata.code.branch_hint";

// A hint for an `if` or `br_if`.
struct BranchHint {
  // Of the instruction, from the start of the function's body.
  uint32_t offset = 0;
  // 0: unlikely, 1: likely.
  uint8_t value = 0;

  friend bool operator==(const BranchHint&, const BranchHint&) = default;
};

// The hints of a function, by ascending offset.
struct FunctionBranchHints {
  uint32_t function = 0;
  std::vector<BranchHint> hints;

  friend bool operator==(const FunctionBranchHints&,
                         const FunctionBranchHints&) = default;
};

// Content of the section, by ascending function.
void WriteBranchHints(absl::Span<const FunctionBranchHints> functions,
                      ByteWriter& writer);

// InvalidArgument if the content is malformed: not ascending, other values.
// Whether there is a branch at the offsets is not checked.
absl::StatusOr<std::vector<FunctionBranchHints>> ReadBranchHints(
    absl::Span<const uint8_t> content);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_BRANCH_HINTS_H_
