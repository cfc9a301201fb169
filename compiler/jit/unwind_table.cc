#include "compiler/jit/unwind_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/codegen/unwind_reader.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit::compiler {
namespace {

// Gives frames of equal shape one layout.
class Layouts {
 public:
  explicit Layouts(UnwindTables& tables) : tables_(tables) {}

  uint32_t Intern(int32_t caller_stack, absl::Span<const SavedRegister> saved) {
    std::vector<int32_t> key = {caller_stack};
    for (const SavedRegister& entry : saved) {
      key.push_back(static_cast<int32_t>(entry.index));
      key.push_back(entry.offset);
    }
    const auto [entry, is_new] = known_.try_emplace(
        std::move(key), static_cast<uint32_t>(tables_.layouts.size()));
    if (is_new) {
      const auto begin = static_cast<uint32_t>(tables_.saved_registers.size());
      tables_.saved_registers.insert(tables_.saved_registers.end(),
                                     saved.begin(), saved.end());
      tables_.layouts.push_back(
          {caller_stack, begin, begin + static_cast<uint32_t>(saved.size())});
    }
    return entry->second;
  }

 private:
  UnwindTables& tables_;
  std::map<std::vector<int32_t>, uint32_t> known_;
};

// Index in CodeImage::functions.
size_t PositionOf(uint32_t function, uint32_t num_imported_functions,
                  const CodeImage& image) {
  if (image.part.empty()) return function - num_imported_functions;
  return static_cast<size_t>(
      std::find(image.part.begin(), image.part.end(), function) -
      image.part.begin());
}

}  // namespace

void AddUnwindTables(
    absl::Span<const FunctionUnwind> unwind,
    const absl::flat_hash_map<uint32_t, FunctionRange>& functions,
    uint32_t num_imported_functions, CodeImage& image) {
  UnwindTables& tables = image.unwind;
  Layouts layouts(tables);
  // Functions that make no calls are never asked for.
  tables.frames.assign(image.functions.size(), layouts.Intern(0, {}));
  for (const FunctionUnwind& of_function : unwind) {
    const auto range = functions.find(of_function.function);
    if (range == functions.end()) continue;
    tables.frames[PositionOf(of_function.function, num_imported_functions,
                             image)] =
        layouts.Intern(of_function.caller_stack, of_function.saved_registers);
    const uint32_t begin = range->second.begin;
    for (const LandingPad& pad : of_function.landing_pads) {
      tables.landing_pads.push_back(
          {begin + pad.begin, begin + pad.end, begin + pad.target});
    }
  }
  std::sort(tables.landing_pads.begin(), tables.landing_pads.end(),
            [](const LandingPad& a, const LandingPad& b) {
              return a.begin < b.begin;
            });
}

}  // namespace wasijit::compiler
