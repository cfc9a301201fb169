// A Module as a compact part of a code image: everything that instantiation,
// linking and backtraces need; no function bodies, no custom sections but the
// function names.
//
// The form belongs to one build of wasijit: it has no version of its own and
// is protected by the image's header.
#ifndef WASIJIT_RUNTIME_MODULE_MODULE_CODEC_H_
#define WASIJIT_RUNTIME_MODULE_MODULE_CODEC_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/module/module.h"

namespace wasijit {

// REQUIRES: the module is valid.
std::vector<uint8_t> EncodeModule(const Module& module);

// Reads the part `range` of `file`, which the result's `bytes` shares: data
// segments and expressions are not copied. InvalidArgument if a range, index,
// count or kind is out of bounds: whatever the bytes are, every index in the
// result exists (types are as `TypeRegistry` requires) and every range lies in
// `file`. Whether the types of expressions fit is not checked.
// REQUIRES: `range` lies within `file`.
absl::StatusOr<Module> DecodeModule(
    std::shared_ptr<const std::vector<uint8_t>> file, ByteRange range);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_MODULE_CODEC_H_
