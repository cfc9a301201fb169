// A module instance (specification, 4.2.5).
#ifndef WASIJIT_RUNTIME_INSTANCE_H_
#define WASIJIT_RUNTIME_INSTANCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/extern.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/table.h"
#include "runtime/tag.h"

namespace wasijit {

class Store;

// Owned by its store; made by Store::Instantiate.
class Instance {
 public:
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  Store& store() const { return store_; }
  const std::shared_ptr<const CompiledModule>& compiled_module() const {
    return module_;
  }
  const Module& module() const { return module_->module(); }

  // Exports by name; nothing or null if there is none of the name and kind.
  std::optional<Extern> FindExport(absl::string_view name);
  Function* FindFunction(absl::string_view name);
  Table* FindTable(absl::string_view name);
  Memory* FindMemory(absl::string_view name);
  Global* FindGlobal(absl::string_view name);
  // REQUIRES: it is an export of module().
  Extern Get(const Export& exported);

  // By index in the module's index spaces; REQUIRES that it exists.
  Memory* memory(uint32_t index) const { return memories_[index]; }
  Table* table(uint32_t index) const { return tables_[index]; }
  Tag* tag(uint32_t index) const { return tags_[index]; }
  Global* global(uint32_t index);
  // REQUIRES: references can be made to the function (ReferencedFunctions).
  Function* function(uint32_t index) { return record(index)->function; }
  // Through which the function is called from here; what references to it are.
  VmFunction* record(uint32_t index) {
    return &records_[module_->FunctionRecord(index)];
  }

  // The first memory, own or imported; null if there is none.
  Memory* default_memory() const {
    return memories_.empty() ? nullptr : memories_[0];
  }

  VmContext* context() const { return context_; }
  // What compiled code keeps in the context register.
  void* pinned() const { return pinned_; }

  // Bulk operations, for compiled code. False if a range is out of bounds; then
  // nothing has been written.
  bool MemoryInit(uint32_t memory, uint32_t segment, uint64_t destination,
                  uint32_t source, uint32_t count);
  void DropData(uint32_t segment) { data_dropped_[segment] = true; }
  bool TableInit(uint32_t table, uint32_t segment, uint64_t destination,
                 uint32_t source, uint32_t count);
  void DropElements(uint32_t segment) { elements_[segment] = {}; }
  // Empty once dropped.
  absl::Span<const ReferenceBits> elements(uint32_t segment) const {
    return elements_[segment];
  }
  // What memory.init copies from; empty once dropped.
  absl::Span<const uint8_t> data(uint32_t segment) const;

  // Calls `visit` with every reference in own globals and in element segments,
  // and with the root of its hierarchy.
  void VisitReferences(
      absl::FunctionRef<void(ReferenceBits, AbstractHeapType)> visit) const;

 private:
  friend class Instantiation;

  Instance(Store& store, std::shared_ptr<const CompiledModule> module);

  // A field of the context, by its displacement from the memory base.
  template <typename T>
  T* Field(int64_t displacement) const {
    return reinterpret_cast<T*>(memory_base_ + displacement);
  }

  Store& store_;
  std::shared_ptr<const CompiledModule> module_;

  // Where the context lies if the instance has no memory 0 of its own.
  Reservation context_mapping_;
  uint8_t* memory_base_ = nullptr;
  VmContext* context_ = nullptr;
  void* pinned_ = nullptr;

  std::vector<Memory*> memories_;
  std::vector<Table*> tables_;
  std::vector<Tag*> tags_;
  // Imported ones; own ones once somebody asked for them, else null.
  std::vector<Global*> globals_;
  std::vector<std::unique_ptr<Global>> own_globals_;
  // By record (VmContextLayout::FunctionRecord).
  std::vector<VmFunction> records_;
  std::vector<Function> functions_;
  // What calls of imported host functions receive.
  std::vector<VmHostContext> host_contexts_;
  // References of element segments, empty once dropped.
  std::vector<std::vector<ReferenceBits>> elements_;
  std::vector<bool> data_dropped_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_INSTANCE_H_
