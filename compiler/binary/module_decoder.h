// Binary module -> Module (specification, chapter 5).
#ifndef WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_
#define WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Implementation limits: those of other engines, so that what runs elsewhere
// runs here. More is ResourceExhausted.
inline constexpr uint32_t kMaxModuleSize = 1u << 30;
inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100;
inline constexpr uint32_t kMaxElementSegments = 100'000;
inline constexpr uint32_t kMaxDataSegments = 100'000;
inline constexpr uint32_t kMaxParameters = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxStructFields = 10'000;
inline constexpr uint32_t kMaxNameSize = 100'000;
inline constexpr uint32_t kMaxFunctionSize = 7'654'321;

// Decodes everything but the contents of function bodies, which validation
// reads; a malformed body is found there. Indices and types are not checked
// either. InvalidArgument with the reference interpreter's message, the offset,
// and the section if the bytes are malformed; ResourceExhausted beyond a limit.
absl::StatusOr<Module> DecodeModule(
    std::shared_ptr<const std::vector<uint8_t>> bytes);
// Copies the bytes.
absl::StatusOr<Module> DecodeModule(absl::Span<const uint8_t> bytes);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_MODULE_DECODER_H_
