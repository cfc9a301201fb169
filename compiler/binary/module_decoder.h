// Binary module -> Module (specification, chapter 5).
#ifndef WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_
#define WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/syntax/features.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Larger modules are ResourceExhausted; see section_decoders.h for the other
// limits.
inline constexpr uint32_t kMaxModuleSize = 1u << 30;

// Decodes everything but the contents of function bodies, which validation
// reads; a malformed body is found there. Indices and types are not checked
// either. InvalidArgument with the reference interpreter's message, the offset,
// and the section if the bytes are malformed; ResourceExhausted beyond a limit.
// Of the features only those matter that give an encoding a meaning which is
// malformed without them; the others are validation's.
absl::StatusOr<Module> DecodeModule(
    std::shared_ptr<const std::vector<uint8_t>> bytes,
    FeatureSet features = FeatureSet::Default());
// Copies the bytes.
absl::StatusOr<Module> DecodeModule(
    absl::Span<const uint8_t> bytes,
    FeatureSet features = FeatureSet::Default());

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_
