// A compiled module: the one container for the JIT, the on-disk cache and
// ahead-of-time files.
//
// The code is position-independent. Its only fix-ups are slots, 8-byte cells
// in the read-only data that the loader fills with addresses of libcalls, so
// loading is: map, copy, fill, protect.
//
//   code:  text (read, execute) | padding to kImageSegmentAlignment
//          | read-only data with slots (read)
#ifndef WASIJIT_RUNTIME_ABI_CODE_IMAGE_H_
#define WASIJIT_RUNTIME_ABI_CODE_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/module/module.h"

namespace wasijit {

// Text and read-only data start at multiples of this: the largest page size of
// the supported systems.
inline constexpr size_t kImageSegmentAlignment = 65536;

enum class InstructionSet : uint8_t { kX86_64, kAArch64 };

// How compiled code keeps accesses of 32-bit memories inside the memory.
enum class BoundsChecks : uint8_t {
  // Guard pages; needs a full reservation of every 32-bit memory.
  kGuardPages,
  // A comparison before every access; works with any memory.
  kExplicit,
};

// Where the code of one defined function lies in the text.
struct FunctionRange {
  uint32_t begin;
  uint32_t end;
};

inline constexpr uint32_t kNoLocation = UINT32_MAX;

// Maps machine code back to WebAssembly. An entry covers the text from `pc` up
// to the next entry's. Entries exist for calls, memory accesses and trapping
// instructions; what lies between belongs to the entry before.
struct CodeLocation {
  // Offset in the text of the instruction's first byte. A return address
  // belongs to the entry that covers the byte before it.
  uint32_t pc;
  // Index of the function in the module's function index space.
  uint32_t function;
  // Offset of the WebAssembly instruction in the module's bytes.
  uint32_t bytecode_offset;
  // If the function is inlined here: index in CodeImage::inlined_calls of the
  // call it was inlined at. Else kNoLocation.
  uint32_t inlined_at;
};

// A call whose callee was inlined.
struct InlinedCall {
  uint32_t function;
  uint32_t bytecode_offset;
  uint32_t inlined_at;
};

// An 8-byte cell of the code that the loader fills.
struct ImageSlot {
  // Offset in `code`.
  uint32_t offset;
  Libcall libcall;
};

// A direct call in the text of a function outside the image.
struct ImageCall {
  // Offset in the text of the place that holds the distance: the branch
  // instruction itself, or on x86-64 its last four bytes.
  uint32_t offset;
  // Index of the function in the module's function index space.
  uint32_t function;
};

// The distance from the text of an image of a part of a module to its read-only
// data. Such images share an arena, and their text lies within the reach of a
// call.
inline constexpr size_t kPartDataDistance = size_t{128} << 20;

// Of all functions of a module, or of a part of them. An image of a part is
// linked for an arena that has jumps to the functions outside it.
struct CodeImage {
  InstructionSet instruction_set;
  BoundsChecks bounds_checks;
  // Features of the CPU that the code needs, in LLVM's spelling, sorted:
  // "avx2", "bmi2", ... The loader refuses a CPU that lacks one.
  std::vector<std::string> cpu_features;

  // Bodies are not part of the serialised form.
  std::shared_ptr<const Module> module;

  std::vector<uint8_t> code;
  // Bytes of text at the begin of `code`; the read-only data starts at the
  // next multiple of kImageSegmentAlignment.
  uint32_t text_size = 0;
  std::vector<ImageSlot> slots;
  // By index of the defined function; in an image of a part, of the function
  // that `part` says.
  std::vector<FunctionRange> functions;
  // Empty in a whole image. The rest is not part of the serialised form.
  std::vector<uint32_t> part;
  std::vector<ImageCall> calls;
  // Ascending by pc.
  std::vector<CodeLocation> locations;
  std::vector<InlinedCall> inlined_calls;
  UnwindTables unwind;

  size_t ReadOnlyDataOffset() const;
  // The function whose place is functions[position].
  uint32_t FunctionOf(size_t position) const;
};

// The serialised form: a header with magic, version and sizes, then the parts.
std::vector<uint8_t> WriteImage(const CodeImage& image);

// Whether the bytes begin as WriteImage's do.
bool HasImageMagic(absl::Span<const uint8_t> bytes);

// Reads what WriteImage wrote. Every offset and index is checked: a damaged or
// hostile file gives InvalidArgument, never an image that is inconsistent in
// itself. (What the code does is not checked: images must be authenticated.)
absl::StatusOr<CodeImage> ReadImage(absl::Span<const uint8_t> bytes);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_CODE_IMAGE_H_
