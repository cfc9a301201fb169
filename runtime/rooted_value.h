// A value of the embedder that keeps what it refers to.
#ifndef WASIJIT_RUNTIME_ROOTED_VALUE_H_
#define WASIJIT_RUNTIME_ROOTED_VALUE_H_

#include "runtime/gc_heap.h"
#include "runtime/module/value.h"
#include "runtime/store.h"

namespace wasijit {

// Outside functions that WebAssembly calls, a reference to a structure or array
// is valid until the store makes the next object, unless a RootedValue has it.
class RootedValue {
 public:
  // `store` must outlive this. Values of all types are allowed.
  RootedValue(Store& store, const Value& value);
  ~RootedValue();
  RootedValue(RootedValue&& other) noexcept;
  RootedValue& operator=(RootedValue&& other) noexcept;

  const Value& get() const { return value_; }

 private:
  Value value_;
  // Null if the value needs no root.
  GcHeap* heap_ = nullptr;
  GcHeap::Roots::iterator root_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ROOTED_VALUE_H_
