// Which WebAssembly instruction each place of an object comes from.
#ifndef WASIJIT_COMPILER_CODEGEN_LOCATION_READER_H_
#define WASIJIT_COMPILER_CODEGEN_LOCATION_READER_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

// A place in the module's bytes.
struct BytecodePlace {
  // By index.
  uint32_t function;
  // kNoLocation where LLVM has merged several calls and only knows in which
  // function they were.
  uint32_t bytecode_offset;

  friend bool operator==(const BytecodePlace&, const BytecodePlace&) = default;
};

// A place in a function's machine code.
struct ObjectLocation {
  // The function that owns the machine code, by index.
  uint32_t function;
  // Bytes from the begin of its code.
  uint32_t offset;
  // The instruction and, when its function was inlined here, the calls it was
  // inlined at, innermost first. Never empty.
  std::vector<BytecodePlace> places;
};

// Reads an object's line table, in which lines are bytecode offsets.
// `function_at` gives the function whose body contains a bytecode offset.
// Ordered by place in the object.
absl::StatusOr<std::vector<ObjectLocation>> ReadLocations(
    llvm::MemoryBufferRef object,
    absl::FunctionRef<uint32_t(uint32_t bytecode_offset)> function_at);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_LOCATION_READER_H_
