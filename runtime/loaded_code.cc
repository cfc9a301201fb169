#include "runtime/loaded_code.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit {
namespace {

const void* LibcallAddress(Libcall libcall) {
  static constexpr auto kAddress = [](auto* function) {
    return reinterpret_cast<const void*>(function);
  };
  switch (libcall) {
    case Libcall::kMemcpy:
      return kAddress(&std::memcpy);
    case Libcall::kMemmove:
      return kAddress(&std::memmove);
    case Libcall::kMemset:
      return kAddress(&std::memset);
#define LIBCALL(name, result, parameters) \
  case Libcall::k##name:                  \
    return kAddress(&libcalls::name);
#include "runtime/abi/libcalls.def"
  }
  return nullptr;
}

}  // namespace

void FillSlots(const CodeImage& image, uint8_t* code) {
  for (const ImageSlot& slot : image.slots) {
    const void* const address = LibcallAddress(slot.libcall);
    std::memcpy(code + slot.offset, &address, sizeof(address));
  }
}

LoadedCode::LoadedCode(CodeImage image, const uint8_t* text)
    : image_(std::move(image)),
      text_(text),
      by_address_(image_.functions.size()) {
  image_.code = {};
  std::iota(by_address_.begin(), by_address_.end(), 0);
  std::sort(by_address_.begin(), by_address_.end(),
            [this](uint32_t a, uint32_t b) {
              return image_.functions[a].begin < image_.functions[b].begin;
            });
}

bool LoadedCode::Contains(const void* pc) const {
  const auto* const address = static_cast<const uint8_t*>(pc);
  return address >= text_ && address < text_ + image_.text_size;
}

std::optional<uint32_t> LoadedCode::PositionAt(const void* pc) const {
  if (!Contains(pc)) return std::nullopt;
  const auto after =
      std::upper_bound(by_address_.begin(), by_address_.end(), Offset(pc),
                       [this](uint32_t value, uint32_t position) {
                         return value < image_.functions[position].begin;
                       });
  if (after == by_address_.begin()) return std::nullopt;
  const uint32_t position = *(after - 1);
  if (Offset(pc) >= image_.functions[position].end) return std::nullopt;
  return position;
}

std::vector<LoadedCode::Place> LoadedCode::PlacesAt(const void* pc) const {
  const std::optional<uint32_t> position = PositionAt(pc);
  if (!position.has_value()) return {};
  const auto after = std::upper_bound(
      image_.locations.begin(), image_.locations.end(), Offset(pc),
      [](uint32_t value, const auto& location) { return value < location.pc; });
  if (after == image_.locations.begin() ||
      (after - 1)->pc < image_.functions[*position].begin) {
    return {{.function = image_.FunctionOf(*position),
             .bytecode_offset = kNoLocation}};
  }
  const CodeLocation& location = *(after - 1);
  std::vector<Place> places = {{.function = location.function,
                                .bytecode_offset = location.bytecode_offset}};
  for (uint32_t i = location.inlined_at; i != kNoLocation;
       i = image_.inlined_calls[i].inlined_at) {
    places.push_back(
        {.function = image_.inlined_calls[i].function,
         .bytecode_offset = image_.inlined_calls[i].bytecode_offset});
  }
  return places;
}

const void* LoadedCode::LandingPadAt(const void* return_address) const {
  const std::vector<LandingPad>& pads = image_.unwind.landing_pads;
  if (pads.empty()) return nullptr;
  const uint32_t offset = Offset(return_address) - 1;
  const auto after = std::upper_bound(
      pads.begin(), pads.end(), offset,
      [](uint32_t value, const LandingPad& pad) { return value < pad.begin; });
  if (after == pads.begin() || offset >= (after - 1)->end) return nullptr;
  return text_ + (after - 1)->target;
}

LoadedCode::FrameShape LoadedCode::FrameAt(const void* return_address) const {
  const UnwindTables& tables = image_.unwind;
  const std::optional<uint32_t> position =
      PositionAt(static_cast<const uint8_t*>(return_address) - 1);
  const FrameLayout& layout = tables.layouts[tables.frames[*position]];
  return {
      layout.caller_stack,
      absl::MakeConstSpan(tables.saved_registers)
          .subspan(layout.saved_begin, layout.saved_end - layout.saved_begin)};
}

}  // namespace wasijit
