// The exceptions of a store.
//
// Compiled code keeps references to exceptions wherever it keeps values, so
// they are collected: what is not reachable from the store's tables, globals
// and call buffer, from other exceptions or from the WebAssembly stack (where
// every word counts that may be a reference) goes as soon as as much has been
// allocated as was alive the last time.
#ifndef WASIJIT_RUNTIME_EXCEPTION_HEAP_H_
#define WASIJIT_RUNTIME_EXCEPTION_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

// Not thread-safe.
class ExceptionHeap {
 public:
  using Visitor = absl::FunctionRef<void(ReferenceBits)>;
  // Calls the visitor with every reference from outside heap and stack, and
  // with any other bits it likes.
  using Roots = absl::FunctionRef<void(Visitor)>;

  explicit ExceptionHeap(size_t max_size = kMaxSize) : max_size_(max_size) {}
  ~ExceptionHeap();
  ExceptionHeap(const ExceptionHeap&) = delete;
  ExceptionHeap& operator=(const ExceptionHeap&) = delete;

  // An exception with undefined payload; null if there is no memory, or the
  // most in use. May collect.
  VmException* New(Tag& tag, Roots roots);

  // Whether it is an exception of this heap.
  bool Contains(ReferenceBits reference) const;
  // Keeps an exception for good. REQUIRES: Contains(reference).
  static void Keep(ReferenceBits reference);

  // Calls `visit` with every reference that an exception carries, garbage
  // included, and its declared type (indices are canonical ids).
  void VisitPayloads(
      absl::FunctionRef<void(ReferenceBits, ValueType)> visit) const;

  size_t count() const { return exceptions_.size(); }

  // In bytes.
  static constexpr size_t kMaxSize = size_t{1} << 30;

 private:
  void Collect(Roots roots);
  void Mark(ReferenceBits reference);
  void Sweep();

  const size_t max_size_;
  // Sorted while collecting.
  std::vector<VmException*> exceptions_;
  // Marked, but not what they refer to.
  std::vector<const VmException*> pending_;
  size_t size_ = 0;
  // The size at which to collect.
  size_t threshold_ = kFirstThreshold;

  static constexpr size_t kFirstThreshold = size_t{256} << 10;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_EXCEPTION_HEAP_H_
