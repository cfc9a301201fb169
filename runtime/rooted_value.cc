#include "runtime/rooted_value.h"

#include <utility>

#include "runtime/gc_heap.h"
#include "runtime/module/value.h"
#include "runtime/store.h"

namespace wasijit {

RootedValue::RootedValue(Store& store, const Value& value) : value_(value) {
  // Without a heap there is nothing to keep.
  if (!value.type().IsRef() || store.existing_gc_heap() == nullptr) return;
  heap_ = *store.gc_heap();
  root_ = heap_->roots().insert(heap_->roots().end(), value);
}

RootedValue::~RootedValue() {
  if (heap_ != nullptr) heap_->roots().erase(root_);
}

RootedValue::RootedValue(RootedValue&& other) noexcept
    : value_(other.value_),
      heap_(std::exchange(other.heap_, nullptr)),
      root_(other.root_) {}

RootedValue& RootedValue::operator=(RootedValue&& other) noexcept {
  std::swap(value_, other.value_);
  std::swap(heap_, other.heap_);
  std::swap(root_, other.root_);
  return *this;
}

}  // namespace wasijit
