// Any bytes as a code image, as they are and with the header made right, so
// that the checks behind it are reached. What is read is consistent: it is
// written and read again, and its tables can be asked about every place.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/loaded_code.h"
#include "runtime/module/module.h"
#include "test/fuzz/check.h"
#include "test/support/image_checksum.h"

namespace wasijit::test {
namespace {

// Magic and version, as this build writes them.
const std::vector<uint8_t>& RightHeader() {
  static const std::vector<uint8_t> header = [] {
    Module module;
    module.bytes = std::make_shared<const std::vector<uint8_t>>();
    CodeImage empty = {};
    empty.module = std::make_shared<const Module>(std::move(module));
    return WriteImage(empty);
  }();
  return header;
}

void AskTables(const LoadedCode& code) {
  std::vector<uint32_t> places;
  for (const FunctionRange& range : code.image().functions) {
    places.insert(places.end(), {range.begin, range.end - 1});
  }
  for (const CodeLocation& location : code.image().locations) {
    places.push_back(location.pc);
  }
  for (const LandingPad& pad : code.image().unwind.landing_pads) {
    places.insert(places.end(), {pad.begin, pad.end - 1});
  }
  places.resize(std::min<size_t>(places.size(), 1000));
  for (const uint32_t place : places) {
    const uint8_t* const pc = code.text().data() + place;
    (void)code.PlacesAt(pc);
    (void)code.LandingPadAt(pc + 1);
    if (code.PositionAt(pc).has_value()) (void)code.FrameAt(pc + 1);
  }
}

void Read(absl::Span<const uint8_t> bytes) {
  absl::StatusOr<CodeImage> image = ReadImage(bytes);
  if (!image.ok()) return;
  const std::vector<uint8_t> written = WriteImage(*image);
  const absl::StatusOr<CodeImage> again = ReadImage(written);
  Check(again.ok(), "what was written is read");
  Check(WriteImage(*again) == written, "writing is stable");
  const std::vector<uint8_t> text = image->code;
  AskTables(LoadedCode(*std::move(image), text.data()));
}

}  // namespace
}  // namespace wasijit::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using wasijit::test::kImageChecked;
  wasijit::test::Read({data, size});
  std::vector<uint8_t> bytes(data, data + size);
  if (size < kImageChecked + sizeof(uint32_t)) return 0;
  const std::vector<uint8_t>& header = wasijit::test::RightHeader();
  std::copy_n(header.begin(), kImageChecked + sizeof(uint32_t), bytes.begin());
  wasijit::test::FixImageChecksum(bytes);
  wasijit::test::Read(bytes);
  return 0;
}
