#include "runtime/platform/activation.h"

#include <cstddef>
#include <cstdint>

#include "runtime/platform/arch.h"

namespace wasijit {

thread_local constinit ThreadState current_thread
    __attribute__((tls_model("initial-exec"))) = {};

Unwinder wasijit_unwinder = nullptr;

bool MemoryRanges::Contains(uintptr_t address) const {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (ranges[middle].end <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count && ranges[low].begin <= address;
}

namespace {

// A frame as frame pointers link them.
struct FrameRecord {
  uintptr_t caller_frame;
  uintptr_t return_address;
};

bool IsFrame(const ThreadState& thread, uintptr_t frame) {
  return frame % alignof(FrameRecord) == 0 && frame >= thread.stack_begin &&
         frame <= thread.stack_end - sizeof(FrameRecord);
}

}  // namespace

__attribute__((no_sanitize("address", "thread"))) void CaptureFrames(
    const ThreadState& thread, uintptr_t frame, CapturedFrames& frames) {
  frames.count = 0;
  frames.truncated = false;
  const Activation* activation = thread.activation;
  // Frames only ever lie further up, so this ends.
  uintptr_t last = 0;
  while (activation != nullptr && IsFrame(thread, frame) && frame > last) {
    last = frame;
    const auto* const record = reinterpret_cast<const FrameRecord*>(frame);
    if (record->return_address == ReturnAddressInEntryStub()) {
      frame = reinterpret_cast<uintptr_t>(activation->exit_frame);
      activation = activation->previous;
      continue;
    }
    if (frames.count == CapturedFrames::kMax) {
      frames.truncated = true;
      return;
    }
    frames.return_addresses[frames.count++] = record->return_address;
    frame = record->caller_frame;
  }
}

}  // namespace wasijit
