#include "compiler/jit/location_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/codegen/location_reader.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// Gives equal calls one entry in CodeImage::inlined_calls.
class InlinedCalls {
 public:
  explicit InlinedCalls(std::vector<InlinedCall>& calls) : calls_(calls) {}

  // The index for the chain of calls, innermost first.
  uint32_t Intern(absl::Span<const BytecodePlace> places) {
    uint32_t outer = kNoLocation;
    for (size_t i = places.size(); i-- > 0;) {
      const auto [function, offset] = places[i];
      const auto [entry, is_new] =
          known_.try_emplace(std::tuple(function, offset, outer),
                             static_cast<uint32_t>(calls_.size()));
      if (is_new) calls_.push_back({function, offset, outer});
      outer = entry->second;
    }
    return outer;
  }

 private:
  std::vector<InlinedCall>& calls_;
  absl::flat_hash_map<std::tuple<uint32_t, uint32_t, uint32_t>, uint32_t>
      known_;
};

}  // namespace

uint32_t BodyIndex::FunctionAt(uint32_t bytecode_offset) const {
  const auto begin = module_.functions.begin() + module_.num_imported_functions;
  const auto after =
      std::upper_bound(begin, module_.functions.end(), bytecode_offset,
                       [](uint32_t offset, const ModuleFunction& function) {
                         return offset < function.body.offset;
                       });
  const auto found = after == begin ? begin : after - 1;
  return static_cast<uint32_t>(found - module_.functions.begin());
}

void AddLocations(absl::Span<const ObjectLocation> locations,
                  const absl::flat_hash_map<uint32_t, FunctionRange>& functions,
                  CodeImage& image) {
  InlinedCalls inlined(image.inlined_calls);
  image.locations.reserve(locations.size());
  for (const ObjectLocation& location : locations) {
    const auto range = functions.find(location.function);
    if (range == functions.end()) continue;
    const auto [function, bytecode_offset] = location.places[0];
    const uint32_t pc = range->second.begin + location.offset;
    // A later row for the same place replaces the earlier one.
    if (!image.locations.empty() && image.locations.back().pc == pc) {
      image.locations.pop_back();
    }
    image.locations.push_back(
        {pc, function, bytecode_offset,
         inlined.Intern(absl::MakeConstSpan(location.places).subspan(1))});
  }
  std::sort(
      image.locations.begin(), image.locations.end(),
      [](const CodeLocation& a, const CodeLocation& b) { return a.pc < b.pc; });
}

}  // namespace wasijit::compiler
