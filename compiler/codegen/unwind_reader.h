// What an object says about leaving its functions by an exception.
#ifndef WASIJIT_COMPILER_CODEGEN_UNWIND_READER_H_
#define WASIJIT_COMPILER_CODEGEN_UNWIND_READER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler/target/target.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit::compiler {

// Of one function of the module. Offsets of landing pads count from the begin
// of its code.
struct FunctionUnwind {
  uint32_t function;
  // As FrameLayout::caller_stack.
  int32_t caller_stack;
  // Ascending by index.
  std::vector<SavedRegister> saved_registers;
  // Ascending.
  std::vector<LandingPad> landing_pads;
};

// Reads .eh_frame and .gcc_except_table. Functions without a frame are left
// out: they make no calls.
absl::StatusOr<std::vector<FunctionUnwind>> ReadUnwindInfo(
    llvm::MemoryBufferRef object, const InstructionSetTraits& traits);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_UNWIND_READER_H_
