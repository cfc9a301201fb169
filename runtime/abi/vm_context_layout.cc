#include "runtime/abi/vm_context_layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit {
namespace {

constexpr int64_t kPointerSize = sizeof(void*);
constexpr int64_t kTypeIdSize = sizeof(uint32_t);

constexpr int64_t RoundUpToGranule(int64_t size) {
  return (size + kContextGranule - 1) / kContextGranule * kContextGranule;
}

// Places areas below each other.
class Downward {
 public:
  explicit Downward(int64_t top) : position_(top) {}

  // `alignment` is a power of two.
  int64_t Take(int64_t size, int64_t alignment) {
    position_ = (position_ - size) & -alignment;
    return position_;
  }
  int64_t TakeArray(size_t count, int64_t element_size) {
    return Take(static_cast<int64_t>(count) * element_size, kPointerSize);
  }

  int64_t position() const { return position_; }

 private:
  int64_t position_;
};

}  // namespace

VmContextLayout::VmContextLayout(const Module& module)
    : globals_(module.globals.size()),
      referenced_functions_(ReferencedFunctions(module)) {
  // The first globals are nearest to the memory base, where x86-64 reaches them
  // with a short displacement: a C program's stack pointer is global 0.
  Downward state(0);
  for (size_t i = module.num_imported_globals; i < globals_.size(); ++i) {
    const int64_t cell = module.globals[i].type.value.IsVector() ? 16 : 8;
    globals_[i] = state.Take(cell, cell);
  }
  // Never empty: nothing that steers control lies beside memory byte 0.
  const int64_t state_size =
      std::max(RoundUpToGranule(-state.position()), kContextGranule);

  Downward control(-state_size);
  context_ = control.Take(sizeof(VmContext), alignof(VmContext));
  import_slots_ =
      control.TakeArray(module.num_imported_functions, sizeof(VmImportSlot));
  memory_slots_ =
      control.TakeArray(module.memories.size(), sizeof(VmMemorySlot));
  table_slots_ = control.TakeArray(module.tables.size(), sizeof(VmTableSlot));
  tag_slots_ = control.TakeArray(module.tags.size(), kPointerSize);
  const int64_t imported_globals =
      control.TakeArray(module.num_imported_globals, kPointerSize);
  for (uint32_t i = 0; i < module.num_imported_globals; ++i) {
    globals_[i] = imported_globals + i * kPointerSize;
  }
  type_ids_ = control.TakeArray(module.types.size(), kTypeIdSize);

  size_ = RoundUpToGranule(-control.position());
  control_size_ = size_ - state_size;
}

int64_t VmContextLayout::ImportSlot(uint32_t function) const {
  return import_slots_ + function * int64_t{sizeof(VmImportSlot)};
}

int64_t VmContextLayout::MemorySlot(uint32_t memory) const {
  return memory_slots_ + memory * int64_t{sizeof(VmMemorySlot)};
}

int64_t VmContextLayout::TableSlot(uint32_t table) const {
  return table_slots_ + table * int64_t{sizeof(VmTableSlot)};
}

int64_t VmContextLayout::TagSlot(uint32_t tag) const {
  return tag_slots_ + tag * kPointerSize;
}

int64_t VmContextLayout::TypeId(uint32_t type) const {
  return type_ids_ + type * kTypeIdSize;
}

std::optional<uint32_t> VmContextLayout::FunctionRecord(
    uint32_t function) const {
  const auto position = std::lower_bound(referenced_functions_.begin(),
                                         referenced_functions_.end(), function);
  if (position == referenced_functions_.end() || *position != function) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(position - referenced_functions_.begin());
}

}  // namespace wasijit
