// The location table of an image, put together from those of its objects.
#ifndef WASIJIT_COMPILER_JIT_LOCATION_TABLE_H_
#define WASIJIT_COMPILER_JIT_LOCATION_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/codegen/location_reader.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Finds functions by bytecode offset.
class BodyIndex {
 public:
  explicit BodyIndex(const Module& module) : module_(module) {}

  // The defined function whose body contains the offset, or the last one
  // before it.
  uint32_t FunctionAt(uint32_t bytecode_offset) const;

 private:
  const Module& module_;
};

// Fills CodeImage::locations and inlined_calls. `functions` says where each
// function's code lies in the text.
void AddLocations(absl::Span<const ObjectLocation> locations,
                  const absl::flat_hash_map<uint32_t, FunctionRange>& functions,
                  CodeImage& image);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_LOCATION_TABLE_H_
