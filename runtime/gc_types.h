// What the collector and the host know of the types of objects in a heap.
#ifndef WASIJIT_RUNTIME_GC_TYPES_H_
#define WASIJIT_RUNTIME_GC_TYPES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"

namespace wasijit {

class GcTypes {
 public:
  // Where an object has references.
  enum class Trace : uint8_t { kNothing, kReferences, kExterns, kExceptions };

  struct Type {
    const SubType* definition = nullptr;
    GcStructureLayout layout;
    // Of structures: the offsets of references, externs and exceptions.
    std::vector<uint32_t> references;
    std::vector<uint32_t> externs;
    std::vector<uint32_t> exceptions;
    // Of arrays.
    uint32_t element_size = 0;
    Trace elements = Trace::kNothing;

    bool HasReferences() const {
      return elements != Trace::kNothing || !references.empty() ||
             !externs.empty() || !exceptions.empty();
    }
  };

  explicit GcTypes(const SharedTypeRegistry& registry) : registry_(registry) {}
  GcTypes(const GcTypes&) = delete;
  GcTypes& operator=(const GcTypes&) = delete;

  // Makes objects of these types possible; function types are ignored.
  void Add(absl::Span<const TypeId> ids);

  // REQUIRES: the type has been added; it is of a structure or array.
  const Type& Get(TypeId id) const { return types_[id]; }
  // Bytes of the object that begins here.
  uint64_t SizeOf(const uint8_t* object) const;
  // See VmGcHeap::displays; moves when types are added.
  const uint32_t* displays() const { return displays_.data(); }

  AbstractHeapType Top(HeapType type) const { return registry_.Top(type); }
  const SharedTypeRegistry& registry() const { return registry_; }

 private:
  void AddLayout(Type& type) const;
  Trace TraceOf(const StorageType& storage) const;

  const SharedTypeRegistry& registry_;
  // By id.
  std::vector<Type> types_;
  std::vector<uint32_t> displays_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GC_TYPES_H_
