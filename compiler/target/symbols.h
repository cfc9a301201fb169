// Names of functions in objects, and of marks in IR.
#ifndef WASIJIT_COMPILER_TARGET_SYMBOLS_H_
#define WASIJIT_COMPILER_TARGET_SYMBOLS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace wasijit::compiler {

inline constexpr absl::string_view kLoopEntrySuffix = ".loop";

// The symbol of a function of the module, by index in its function index
// space.
inline std::string FunctionSymbol(uint32_t function) {
  return absl::StrCat("f", function);
}

// The symbol of a function's code from one of its loops on.
inline std::string LoopEntrySymbol(uint32_t function) {
  return absl::StrCat("f", function, kLoopEntrySuffix);
}

// The personality of functions that catch exceptions. Nothing defines it:
// images have tables of their own.
inline constexpr char kPersonalitySymbol[] = "wasijit.personality";

// The inverse of both; nothing for a symbol that is not a function's.
inline std::optional<uint32_t> FunctionFromSymbol(absl::string_view symbol) {
  uint32_t function;
  absl::ConsumeSuffix(&symbol, kLoopEntrySuffix);
  if (symbol.empty() || symbol[0] != 'f' ||
      !absl::SimpleAtoi(symbol.substr(1), &function)) {
    return std::nullopt;
  }
  return function;
}

// Metadata of memory intrinsics whose ranges are in bounds.
inline constexpr char kCheckedRangeMetadata[] = "wasijit.checked";

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TARGET_SYMBOLS_H_
