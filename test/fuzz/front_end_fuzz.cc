// Any bytes: decoding and validation end with a status, and what they accept
// survives encoding, in the binary format and as a part of a code image.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using wasijit::compiler::FeatureSet;
  const absl::Span<const uint8_t> bytes(data, size);
  absl::StatusOr<wasijit::Module> module =
      wasijit::compiler::DecodeModule(bytes, FeatureSet::All());
  if (!module.ok() ||
      !wasijit::compiler::ValidateModule(*module, FeatureSet::All()).ok()) {
    return 0;
  }
  const std::vector<uint8_t> encoded = wasijit::compiler::EncodeBinary(*module);
  absl::StatusOr<wasijit::Module> again =
      wasijit::compiler::DecodeModule(encoded, FeatureSet::All());
  if (!again.ok() ||
      !wasijit::compiler::ValidateModule(*again, FeatureSet::All()).ok() ||
      wasijit::compiler::EncodeBinary(*again) != encoded) {
    std::abort();
  }
  auto image = std::make_shared<const std::vector<uint8_t>>(
      wasijit::EncodeModule(*module));
  const auto image_size = static_cast<uint32_t>(image->size());
  if (!wasijit::DecodeModule(std::move(image), {0, image_size}).ok()) {
    std::abort();
  }
  return 0;
}
