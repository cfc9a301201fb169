// From a file's bytes to a valid module. Needs no LLVM.
#ifndef WASIJIT_COMPILER_LOAD_H_
#define WASIJIT_COMPILER_LOAD_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/syntax/features.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Decodes and validates. InvalidArgument, with what is wrong and where, if the
// bytes are no valid module or use a feature that is switched off;
// ResourceExhausted beyond an implementation limit.
absl::StatusOr<std::shared_ptr<const Module>> LoadModule(
    absl::Span<const uint8_t> bytes, FeatureSet features);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOAD_H_
