#include "runtime/abi/code_image.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/module/module.h"
#include "runtime/module/module_codec.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

static_assert(std::endian::native == std::endian::little,
              "images hold numbers as memory does");

constexpr char kMagic[8] = {'\0', 'w', 'a', 's', 'i', 'j', 'i', 't'};
constexpr uint32_t kVersion = 3;

// The file: Header, then the parts in the order of `Header::parts`.
enum Part : uint8_t {
  kCpuFeatures,  // each: length (32 bits), characters
  kModule,       // as EncodeModule
  kCode,
  kSlots,
  kFunctions,
  kLocations,
  kInlinedCalls,
  kSavedRegisters,
  kFrameLayouts,
  kFrames,
  kLandingPads,
  kPartCount,
};

struct Header {
  char magic[8];
  // Of everything that follows.
  uint64_t checksum;
  uint32_t version;
  InstructionSet instruction_set;
  BoundsChecks bounds_checks;
  uint8_t padding[2];
  uint32_t text_size;
  uint32_t padding2;
  // In bytes.
  uint64_t parts[kPartCount];
};
static_assert(std::is_trivially_copyable_v<Header>);
static_assert(sizeof(Header) == 32 + 8 * kPartCount, "no hidden padding");

constexpr size_t kChecksumEnd = offsetof(Header, version);

absl::Status Damaged(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("damaged code image: ", what));
}

// Detects accidents. Every step is a bijection of the state, so a change of any
// one word changes the result.
uint64_t Checksum(absl::Span<const uint8_t> bytes) {
  constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;
  uint64_t state = bytes.size();
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t size = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), size);
    state = (state ^ word) * kMultiplier;
    state ^= state >> 32;
    bytes.remove_prefix(size);
  }
  return state;
}

template <typename T>
absl::Span<const uint8_t> AsBytes(const std::vector<T>& values) {
  static_assert(std::has_unique_object_representations_v<T>);
  return {reinterpret_cast<const uint8_t*>(values.data()),
          values.size() * sizeof(T)};
}

template <typename T>
absl::StatusOr<std::vector<T>> ReadArray(absl::Span<const uint8_t> part,
                                         absl::string_view what) {
  if (part.size() % sizeof(T) != 0) return Damaged(what);
  std::vector<T> values(part.size() / sizeof(T));
  if (!part.empty()) std::memcpy(values.data(), part.data(), part.size());
  return values;
}

std::vector<uint8_t> EncodeCpuFeatures(const CodeImage& image) {
  std::vector<uint8_t> bytes;
  for (const std::string& feature : image.cpu_features) {
    const auto size = static_cast<uint32_t>(feature.size());
    bytes.resize(bytes.size() + sizeof(size));
    std::memcpy(&bytes[bytes.size() - sizeof(size)], &size, sizeof(size));
    bytes.insert(bytes.end(), feature.begin(), feature.end());
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> DecodeCpuFeatures(
    absl::Span<const uint8_t> bytes) {
  std::vector<std::string> features;
  while (!bytes.empty()) {
    uint32_t size;
    if (bytes.size() < sizeof(size)) return Damaged("CPU features");
    std::memcpy(&size, bytes.data(), sizeof(size));
    bytes.remove_prefix(sizeof(size));
    if (bytes.size() < size) return Damaged("CPU features");
    features.emplace_back(reinterpret_cast<const char*>(bytes.data()), size);
    bytes.remove_prefix(size);
  }
  return features;
}

absl::Status CheckCode(const CodeImage& image) {
  if (image.text_size > image.code.size() ||
      (image.text_size < image.code.size() &&
       image.ReadOnlyDataOffset() > image.code.size())) {
    return Damaged("size of the text");
  }
  for (const ImageSlot& slot : image.slots) {
    if (slot.offset % sizeof(uint64_t) != 0 ||
        slot.offset < image.ReadOnlyDataOffset() ||
        image.code.size() < sizeof(uint64_t) ||
        slot.offset > image.code.size() - sizeof(uint64_t)) {
      return Damaged("place of a slot");
    }
    if (static_cast<uint32_t>(slot.libcall) >= kLibcallCount) {
      return Damaged("libcall of a slot");
    }
  }
  if (image.functions.size() != image.module->num_defined_functions()) {
    return Damaged("number of functions");
  }
  for (const FunctionRange& range : image.functions) {
    if (range.begin >= range.end || range.end > image.text_size) {
      return Damaged("place of a function");
    }
  }
  return absl::OkStatus();
}

// Whether following `inlined_at` always comes to an end.
bool InliningEnds(const std::vector<InlinedCall>& calls) {
  std::vector<bool> ends(calls.size());
  std::vector<uint32_t> path;
  for (uint32_t start = 0; start < calls.size(); ++start) {
    path.clear();
    for (uint32_t i = start; i != kNoLocation && !ends[i];
         i = calls[i].inlined_at) {
      if (path.size() == calls.size()) return false;
      path.push_back(i);
    }
    for (const uint32_t i : path) ends[i] = true;
  }
  return true;
}

absl::Status CheckLocations(const CodeImage& image) {
  const auto is_call = [&](uint32_t index) {
    return index == kNoLocation || index < image.inlined_calls.size();
  };
  const size_t function_count = image.module->functions.size();
  uint32_t last_pc = 0;
  for (const CodeLocation& location : image.locations) {
    if (location.pc < last_pc || location.pc >= image.text_size ||
        location.function >= function_count || !is_call(location.inlined_at)) {
      return Damaged("location");
    }
    last_pc = location.pc;
  }
  for (const InlinedCall& call : image.inlined_calls) {
    if (call.function >= function_count || !is_call(call.inlined_at)) {
      return Damaged("inlined call");
    }
  }
  if (!InliningEnds(image.inlined_calls)) return Damaged("inlined calls");
  return absl::OkStatus();
}

uint32_t SavedRegisterCount(InstructionSet instruction_set) {
  return instruction_set == InstructionSet::kX86_64 ? kX86SavedRegisters
                                                    : kAArch64SavedRegisters;
}

absl::Status CheckUnwindTables(const CodeImage& image) {
  const UnwindTables& tables = image.unwind;
  for (const SavedRegister& saved : tables.saved_registers) {
    if (saved.index >= SavedRegisterCount(image.instruction_set)) {
      return Damaged("saved register");
    }
  }
  for (const FrameLayout& layout : tables.layouts) {
    if (layout.saved_begin > layout.saved_end ||
        layout.saved_end > tables.saved_registers.size()) {
      return Damaged("layout of a frame");
    }
  }
  if (tables.frames.size() != image.functions.size()) {
    return Damaged("number of frames");
  }
  for (const uint32_t layout : tables.frames) {
    if (layout >= tables.layouts.size()) return Damaged("frame of a function");
  }
  uint32_t last_end = 0;
  for (const LandingPad& pad : tables.landing_pads) {
    if (pad.begin < last_end || pad.begin >= pad.end ||
        pad.end > image.text_size || pad.target >= image.text_size) {
      return Damaged("landing pad");
    }
    last_end = pad.end;
  }
  return absl::OkStatus();
}

absl::StatusOr<Header> ReadHeader(absl::Span<const uint8_t> bytes) {
  Header header;
  if (bytes.size() < sizeof(header)) return Damaged("it is too short");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (!std::equal(std::begin(kMagic), std::end(kMagic), header.magic)) {
    return absl::InvalidArgumentError("not a code image");
  }
  if (header.version != kVersion) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the code image has version ", header.version, ", not ", kVersion));
  }
  if (header.checksum != Checksum(bytes.subspan(kChecksumEnd))) {
    return Damaged("its checksum is wrong");
  }
  if (header.instruction_set > InstructionSet::kAArch64 ||
      header.bounds_checks > BoundsChecks::kExplicit) {
    return Damaged("kind");
  }
  return header;
}

}  // namespace

size_t CodeImage::ReadOnlyDataOffset() const {
  return (size_t{text_size} + kImageSegmentAlignment - 1) /
         kImageSegmentAlignment * kImageSegmentAlignment;
}

uint32_t CodeImage::FunctionOf(size_t position) const {
  return part.empty()
             ? static_cast<uint32_t>(position) + module->num_imported_functions
             : part[position];
}

std::vector<uint8_t> WriteImage(const CodeImage& image) {
  const std::vector<uint8_t> cpu_features = EncodeCpuFeatures(image);
  const std::vector<uint8_t> module = EncodeModule(*image.module);
  const absl::Span<const uint8_t> parts[kPartCount] = {
      cpu_features,
      module,
      image.code,
      AsBytes(image.slots),
      AsBytes(image.functions),
      AsBytes(image.locations),
      AsBytes(image.inlined_calls),
      AsBytes(image.unwind.saved_registers),
      AsBytes(image.unwind.layouts),
      AsBytes(image.unwind.frames),
      AsBytes(image.unwind.landing_pads),
  };
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.instruction_set = image.instruction_set;
  header.bounds_checks = image.bounds_checks;
  header.text_size = image.text_size;
  size_t size = sizeof(header);
  for (size_t i = 0; i < kPartCount; ++i) {
    header.parts[i] = parts[i].size();
    size += parts[i].size();
  }
  std::vector<uint8_t> bytes;
  bytes.reserve(size);
  bytes.resize(sizeof(header));
  std::memcpy(bytes.data(), &header, sizeof(header));
  for (const absl::Span<const uint8_t> part : parts) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  header.checksum = Checksum(absl::MakeConstSpan(bytes).subspan(kChecksumEnd));
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

bool HasImageMagic(absl::Span<const uint8_t> bytes) {
  return bytes.size() >= sizeof(kMagic) &&
         std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin());
}

absl::StatusOr<CodeImage> ReadImage(absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(const Header header, ReadHeader(bytes));
  bytes.remove_prefix(sizeof(header));
  absl::Span<const uint8_t> parts[kPartCount];
  for (size_t i = 0; i < kPartCount; ++i) {
    if (header.parts[i] > bytes.size()) return Damaged("size of a part");
    parts[i] = bytes.first(header.parts[i]);
    bytes.remove_prefix(header.parts[i]);
  }
  if (!bytes.empty()) return Damaged("it is too long");

  CodeImage image;
  image.instruction_set = header.instruction_set;
  image.bounds_checks = header.bounds_checks;
  image.text_size = header.text_size;
  ASSIGN_OR_RETURN(image.cpu_features, DecodeCpuFeatures(parts[kCpuFeatures]));
  const absl::Span<const uint8_t> module = parts[kModule];
  if (module.size() > UINT32_MAX) return Damaged("size of the module");
  ASSIGN_OR_RETURN(
      Module decoded,
      DecodeModule(
          std::make_shared<const std::vector<uint8_t>>(module.begin(),
                                                       module.end()),
          {.offset = 0, .size = static_cast<uint32_t>(module.size())}));
  image.module = std::make_shared<const Module>(std::move(decoded));
  image.code.assign(parts[kCode].begin(), parts[kCode].end());
  ASSIGN_OR_RETURN(image.slots, ReadArray<ImageSlot>(parts[kSlots], "slots"));
  ASSIGN_OR_RETURN(image.functions,
                   ReadArray<FunctionRange>(parts[kFunctions], "functions"));
  ASSIGN_OR_RETURN(image.locations,
                   ReadArray<CodeLocation>(parts[kLocations], "locations"));
  ASSIGN_OR_RETURN(
      image.inlined_calls,
      ReadArray<InlinedCall>(parts[kInlinedCalls], "inlined calls"));
  UnwindTables& unwind = image.unwind;
  ASSIGN_OR_RETURN(
      unwind.saved_registers,
      ReadArray<SavedRegister>(parts[kSavedRegisters], "saved registers"));
  ASSIGN_OR_RETURN(unwind.layouts, ReadArray<FrameLayout>(parts[kFrameLayouts],
                                                          "layouts of frames"));
  ASSIGN_OR_RETURN(unwind.frames,
                   ReadArray<uint32_t>(parts[kFrames], "frames"));
  ASSIGN_OR_RETURN(unwind.landing_pads,
                   ReadArray<LandingPad>(parts[kLandingPads], "landing pads"));
  RETURN_IF_ERROR(CheckCode(image));
  RETURN_IF_ERROR(CheckLocations(image));
  RETURN_IF_ERROR(CheckUnwindTables(image));
  return image;
}

}  // namespace wasijit
