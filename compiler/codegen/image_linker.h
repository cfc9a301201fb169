// Links the objects of one module into the code of an image.
#ifndef WASIJIT_COMPILER_CODEGEN_IMAGE_LINKER_H_
#define WASIJIT_COMPILER_CODEGEN_IMAGE_LINKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "llvm/Support/MemoryBuffer.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

// Where objects and runtime calls are pretended to be. The result does not
// depend on it; tests link at different places to show that.
struct LinkAddresses {
  uint64_t image_base = uint64_t{1} << 32;
  // Farther from the image than a pc-relative call reaches, so that every
  // runtime call goes through a slot.
  uint64_t libcall_base = uint64_t{1} << 46;
};

// Which calls of functions go where the loader says (LinkedCode::calls); the
// others are direct.
enum class LoaderCalls : uint8_t {
  // None: the objects hold the whole module.
  kNone,
  // Those of functions that the objects lack.
  kOutside,
  kAll,
};

struct LinkedCode {
  // As CodeImage::code, text_size, slots.
  std::vector<uint8_t> code;
  uint32_t text_size = 0;
  std::vector<ImageSlot> slots;
  std::vector<ImageCall> calls;
  // By index in the module's function index space.
  absl::flat_hash_map<uint32_t, FunctionRange> functions;
};

// Links relocatable objects whose only undefined symbols are libcalls and
// functions: unless the loader completes calls, only each other's. If it does,
// the read-only data is linked at kPartDataDistance.
absl::StatusOr<LinkedCode> LinkImage(
    InstructionSet instruction_set,
    std::vector<std::unique_ptr<llvm::MemoryBuffer>> objects,
    LoaderCalls loader_calls = LoaderCalls::kNone,
    const LinkAddresses& addresses = {});

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_IMAGE_LINKER_H_
