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
  InlinedCalls(const BodyIndex& bodies, std::vector<InlinedCall>& calls)
      : bodies_(bodies), calls_(calls) {}

  // The index for the chain of calls, innermost first.
  uint32_t Intern(absl::Span<const uint32_t> offsets) {
    uint32_t outer = kNoLocation;
    for (size_t i = offsets.size(); i-- > 0;) {
      const auto [entry, is_new] = known_.try_emplace(
          std::pair(offsets[i], outer), static_cast<uint32_t>(calls_.size()));
      if (is_new) {
        calls_.push_back({bodies_.FunctionAt(offsets[i]), offsets[i], outer});
      }
      outer = entry->second;
    }
    return outer;
  }

 private:
  const BodyIndex& bodies_;
  std::vector<InlinedCall>& calls_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> known_;
};

}  // namespace

uint32_t BodyIndex::FunctionAt(uint32_t bytecode_offset) const {
  const auto begin = module_.functions.begin() + module_.num_imported_functions;
  const auto after = std::upper_bound(
      begin, module_.functions.end(), bytecode_offset,
      [](uint32_t offset, const ModuleFunction& function) {
        return offset < function.body.offset;
      });
  const auto found = after == begin ? begin : after - 1;
  return static_cast<uint32_t>(found - module_.functions.begin());
}

void AddLocations(
    const BodyIndex& bodies, absl::Span<const ObjectLocation> locations,
    const absl::flat_hash_map<uint32_t, FunctionRange>& functions,
    CodeImage& image) {
  InlinedCalls inlined(bodies, image.inlined_calls);
  image.locations.reserve(locations.size());
  for (const ObjectLocation& location : locations) {
    const auto range = functions.find(location.function);
    if (range == functions.end()) continue;
    const uint32_t innermost = location.bytecode_offsets[0];
    const uint32_t pc = range->second.begin + location.offset;
    // A later row for the same place replaces the earlier one.
    if (!image.locations.empty() && image.locations.back().pc == pc) {
      image.locations.pop_back();
    }
    image.locations.push_back(
        {pc, bodies.FunctionAt(innermost), innermost,
         inlined.Intern(
             absl::MakeConstSpan(location.bytecode_offsets).subspan(1))});
  }
  std::sort(image.locations.begin(), image.locations.end(),
            [](const CodeLocation& a, const CodeLocation& b) {
              return a.pc < b.pc;
            });
}

}  // namespace wasijit::compiler
