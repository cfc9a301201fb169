#include "runtime/exception_heap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/platform/activation.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

// Bits of VmException::state.
constexpr uint64_t kMarked = 1;
constexpr uint64_t kKept = 2;

size_t SizeOf(const Tag& tag) {
  return sizeof(VmException) + tag.payload_types().size() * kExceptionCellSize;
}

void VisitPayload(const VmException& exception,
                  absl::FunctionRef<void(ReferenceBits, ValueType)> visit) {
  const std::vector<ValueType>& types = exception.tag->payload_types();
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i].IsRef()) continue;
    visit(*reinterpret_cast<const ReferenceBits*>(ExceptionCell(&exception, i)),
          types[i]);
  }
}

// Visits the words of the thread's WebAssembly stack from a frame upwards.
// Registers of compiled code lie there as well, saved by who called this.
__attribute__((noinline, no_sanitize("address", "thread"))) void ScanStack(
    ExceptionHeap::Visitor visit) {
  const ThreadState& thread = current_thread;
  if (thread.activation == nullptr) return;
  const auto begin = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  for (uintptr_t word = begin; word < thread.stack_end;
       word += sizeof(ReferenceBits)) {
    visit(*reinterpret_cast<const ReferenceBits*>(word));
  }
}

// Whether the caller runs on the WebAssembly stack, if compiled code is active.
bool CanScanStack() {
  const ThreadState& thread = current_thread;
  const auto frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  return thread.activation == nullptr ||
         (frame >= thread.stack_begin && frame < thread.stack_end);
}

}  // namespace

ExceptionHeap::~ExceptionHeap() {
  for (VmException* exception : exceptions_) std::free(exception);
}

VmException* ExceptionHeap::New(Tag& tag, Roots roots) {
  const size_t size = SizeOf(tag);
  if (size_ + size > std::min(threshold_, max_size_) && CanScanStack()) {
    Collect(roots);
  }
  if (size_ + size > max_size_) return nullptr;
  auto* const exception = static_cast<VmException*>(std::malloc(size));
  if (exception == nullptr) return nullptr;
  *exception = {.tag = &tag, .state = 0};
  exceptions_.push_back(exception);
  size_ += size;
  return exception;
}

bool ExceptionHeap::Contains(ReferenceBits reference) const {
  return std::find(exceptions_.begin(), exceptions_.end(),
                   reinterpret_cast<const VmException*>(reference)) !=
         exceptions_.end();
}

void ExceptionHeap::Keep(ReferenceBits reference) {
  reinterpret_cast<VmException*>(reference)->state |= kKept;
}

void ExceptionHeap::Collect(Roots roots) {
  // Callee-saved registers may hold references of compiled code.
  __builtin_unwind_init();
  std::sort(exceptions_.begin(), exceptions_.end());
  const auto mark = [this](ReferenceBits reference) { Mark(reference); };
  for (const VmException* exception : exceptions_) {
    if ((exception->state & kKept) != 0) {
      Mark(reinterpret_cast<ReferenceBits>(exception));
    }
  }
  roots(mark);
  ScanStack(mark);
  while (!pending_.empty()) {
    const VmException* const exception = pending_.back();
    pending_.pop_back();
    VisitPayload(*exception,
                 [this](ReferenceBits bits, ValueType) { Mark(bits); });
  }
  Sweep();
}

void ExceptionHeap::Mark(ReferenceBits reference) {
  auto* const exception = reinterpret_cast<VmException*>(reference);
  if (exceptions_.empty() || exception < exceptions_.front() ||
      exception > exceptions_.back() ||
      !std::binary_search(exceptions_.begin(), exceptions_.end(), exception) ||
      (exception->state & kMarked) != 0) {
    return;
  }
  exception->state |= kMarked;
  pending_.push_back(exception);
}

void ExceptionHeap::VisitPayloads(
    absl::FunctionRef<void(ReferenceBits, ValueType)> visit) const {
  for (const VmException* exception : exceptions_) {
    VisitPayload(*exception, visit);
  }
}

void ExceptionHeap::Sweep() {
  size_ = 0;
  size_t alive = 0;
  for (VmException* exception : exceptions_) {
    if ((exception->state & kMarked) == 0) {
      std::free(exception);
      continue;
    }
    exception->state &= ~kMarked;
    size_ += SizeOf(*exception->tag);
    exceptions_[alive++] = exception;
  }
  exceptions_.resize(alive);
  threshold_ = std::max(kFirstThreshold, 2 * size_);
}

}  // namespace wasijit
