// Any bytes: decoding and validation end with a status, and what they accept
// survives the binary format, the text format, and being a part of an image.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module.h"
#include "runtime/module/module_codec.h"
#include "test/fuzz/check.h"
#include "test/fuzz/round_trip.h"

namespace wasijit::test {
namespace {

void CheckValid(Module module, absl::string_view what) {
  const absl::Status valid =
      compiler::ValidateModule(module, compiler::FeatureSet::All());
  Check(valid.ok(), absl::StrCat(what, " is valid: ", valid.message()));
}

void Run(absl::Span<const uint8_t> bytes) {
  absl::StatusOr<Module> module =
      compiler::DecodeModule(bytes, compiler::FeatureSet::All());
  if (!module.ok() ||
      !compiler::ValidateModule(*module, compiler::FeatureSet::All()).ok()) {
    return;
  }
  const Module encoded = CheckEncoding(*module);
  CheckValid(encoded, "what was encoded");
  // Without the empty sections, after which a text could not place anything.
  CheckValid(CheckText(encoded), "what was printed");
  auto image =
      std::make_shared<const std::vector<uint8_t>>(EncodeModule(*module));
  const auto image_size = static_cast<uint32_t>(image->size());
  Check(DecodeModule(std::move(image), {0, image_size}).ok(),
        "the part of an image is read");
}

}  // namespace
}  // namespace wasijit::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasijit::test::Run({data, size});
  return 0;
}
