// The image's tables for exceptions, put together from those of its objects.
#ifndef WASIJIT_COMPILER_JIT_UNWIND_TABLE_H_
#define WASIJIT_COMPILER_JIT_UNWIND_TABLE_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/codegen/unwind_reader.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

// Fills CodeImage::unwind. `functions` are the places of functions in the text;
// what the objects say of others is left out.
// REQUIRES: image.functions is filled.
void AddUnwindTables(
    absl::Span<const FunctionUnwind> unwind,
    const absl::flat_hash_map<uint32_t, FunctionRange>& functions,
    uint32_t num_imported_functions, CodeImage& image);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_UNWIND_TABLE_H_
