// The WebAssembly functions that were active when a trap happened.
#ifndef WASIJIT_RUNTIME_BACKTRACE_H_
#define WASIJIT_RUNTIME_BACKTRACE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "runtime/platform/activation.h"

namespace wasijit {

class CompiledModule;

// One active function. An inlined function has a frame like any other.
struct Frame {
  std::shared_ptr<const CompiledModule> module;
  // In the module's function index space.
  uint32_t function;
  // Offset in the module's bytes of the instruction that trapped or called;
  // kNoLocation if the image has none for the place.
  uint32_t bytecode_offset;
};

struct Backtrace {
  // Innermost first. A deep stack is cut after its innermost frames.
  std::vector<Frame> frames;
  bool truncated = false;
};

// The frames that the addresses stand for; addresses outside compiled code
// (host functions in between) are left out.
Backtrace Symbolize(const CapturedFrames& captured);

// "wasm backtrace:\n" and a line for each frame, such as
// "    0:  0x1a3 - module!function\n". Empty if there are no frames. Names come
// from the module and are escaped.
std::string ToString(const Backtrace& backtrace);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_BACKTRACE_H_
