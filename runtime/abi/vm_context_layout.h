// Where each of a module's entities lies in the contexts of its instances.
//
// The compiler and the runtime compute the layout from the same Module, so
// nothing about it is stored. All displacements are bytes relative to the
// memory base (see vm_context.h), hence negative.
#ifndef WASIJIT_RUNTIME_ABI_VM_CONTEXT_LAYOUT_H_
#define WASIJIT_RUNTIME_ABI_VM_CONTEXT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/module/module.h"

namespace wasijit {

// What the context register points to: each instruction set's cheaper bias.
enum class Pinned : uint8_t {
  // x86-64: memory accesses need no displacement.
  kMemoryBase,
  // AArch64: context fields have positive, scaled offsets.
  kContextBegin,
};

// Control and state areas are multiples of this: the largest page size for
// which the control area can be protected on its own. Two granules keep every
// field of an ordinary module within AArch64's scaled 12-bit offsets.
inline constexpr int64_t kContextGranule = 16384;

class VmContextLayout {
 public:
  explicit VmContextLayout(const Module& module);

  // Bytes from the context's begin to the memory base; a multiple of
  // kContextGranule.
  int64_t size() const { return size_; }
  // Bytes at the begin that are read-only while the guest runs; a multiple of
  // kContextGranule.
  int64_t control_size() const { return control_size_; }

  // Displacement of the VmContext structure.
  int64_t Context() const { return context_; }
  // Of the VmImportSlot of an imported function.
  int64_t ImportSlot(uint32_t function) const;
  // Of the VmMemorySlot.
  int64_t MemorySlot(uint32_t memory) const;
  // Of the VmTableSlot.
  int64_t TableSlot(uint32_t table) const;
  // Of the pointer to the Tag, which is an exception tag's identity.
  int64_t TagSlot(uint32_t tag) const;
  // Of a type of the module: what its objects' headers are, or the canonical id
  // of a function type (GcHeaderOf).
  int64_t TypeId(uint32_t type) const;
  // Of an imported global's pointer to its cell, or of an own global's cell.
  int64_t Global(uint32_t global) const { return globals_[global]; }

  // Index into VmContext::functions of a function that can be referenced:
  // exported, in an element segment, in a constant expression, or declared.
  // Nothing for the others.
  std::optional<uint32_t> FunctionRecord(uint32_t function) const;
  // The referenceable functions by record, ascending.
  const std::vector<uint32_t>& referenced_functions() const {
    return referenced_functions_;
  }

  // Displacement that the pinned register has from the memory base.
  int64_t PinnedDisplacement(Pinned pinned) const {
    return pinned == Pinned::kMemoryBase ? 0 : -size_;
  }

 private:
  int64_t size_ = 0;
  int64_t control_size_ = 0;
  int64_t context_ = 0;
  int64_t import_slots_ = 0;
  int64_t memory_slots_ = 0;
  int64_t table_slots_ = 0;
  int64_t tag_slots_ = 0;
  int64_t type_ids_ = 0;
  std::vector<int64_t> globals_;
  std::vector<uint32_t> referenced_functions_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_VM_CONTEXT_LAYOUT_H_
