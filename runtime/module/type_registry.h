// Canonical types: equal types, and only equal types, have equal ids.
//
// Type equality is iso-recursive (specification, 3.1.4): recursion groups are
// equal if they are equal after unrolling once, so a group is canonicalised as
// a whole: references into it become positions, references out of it become
// ids, and the outcome is looked up. Within a registry an id denotes a type for
// ever; a group's types have consecutive ids.
#ifndef WASIJIT_RUNTIME_MODULE_TYPE_REGISTRY_H_
#define WASIJIT_RUNTIME_MODULE_TYPE_REGISTRY_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit {

// A canonical type id; call_indirect and casts compare these.
using TypeId = uint32_t;
// No type: what a null element of a table stores.
inline constexpr TypeId kNoType = 0;

// Chains of declared supertypes are at most this long, the type itself not
// counted (the limit of other engines).
inline constexpr uint32_t kMaxSubtypingDepth = 63;

// Not synchronised: const members may be called concurrently, others not.
class TypeRegistry {
 public:
  // Adds a recursion group and returns the id of its first type. `group` are
  // definitions whose indices below `first` denote the types with ids
  // `ids[index]`, and those from `first` on the group itself.
  // REQUIRES: ids.size() >= first; every index is below first + group.size(),
  // and the supertype of a type below its own.
  // ResourceExhausted if there are no more ids or the subtyping chain is longer
  // than kMaxSubtypingDepth.
  absl::StatusOr<TypeId> Add(absl::Span<const SubType> group, uint32_t first,
                             absl::Span<const TypeId> ids);

  // Adds all types of a module; the result is indexed by type index.
  // REQUIRES: the module's types are valid.
  absl::StatusOr<std::vector<TypeId>> AddModule(const Module& module);

  // Adds a type that belongs to no module, such as a host function's: final,
  // without supertype, alone in its group. Indices in it are ids already.
  absl::StatusOr<TypeId> Add(const CompositeType& type);

  // The definition, with ids as indices. Stays valid.
  // REQUIRES: id is from this registry.
  const SubType& Definition(TypeId id) const { return Get(id).definition; }

  // The ids of its supertypes from the root of the chain to the type itself
  // (its display, for constant-time casts). Stays valid.
  absl::Span<const TypeId> Display(TypeId id) const { return Get(id).display; }

  // Whether `sub` is `super` or has it as a declared supertype. O(1).
  bool IsSubtype(TypeId sub, TypeId super) const {
    absl::Span<const TypeId> display = Display(sub);
    const size_t depth = Display(super).size() - 1;
    return depth < display.size() && display[depth] == super;
  }

  // Matching (specification, 3.3); concrete indices are ids.
  bool IsSubtype(HeapType sub, HeapType super) const;
  bool IsSubtype(ValueType sub, ValueType super) const {
    if (sub == super || sub.IsBottom()) return true;
    return sub.IsRef() && super.IsRef() &&
           (!sub.IsNullable() || super.IsNullable()) &&
           IsSubtype(sub.heap_type(), super.heap_type());
  }

  // The root of the hierarchy: func, extern, any or exn. kBottom for kBottom.
  AbstractHeapType Top(HeapType type) const;

  size_t size() const { return types_.size(); }

 private:
  struct Type {
    SubType definition;
    std::vector<TypeId> display;
  };

  // How the indices in a group that is being added are to be understood.
  struct IndexSpace;

  const Type& Get(TypeId id) const { return types_[id - 1]; }
  absl::StatusOr<TypeId> AddGroup(absl::Span<const SubType> group,
                                  const IndexSpace& space);

  // Ids start at 1; a deque keeps references valid.
  std::deque<Type> types_;
  // Canonical encoding of a group -> id of its first type.
  absl::flat_hash_map<std::string, TypeId> groups_;
};

// A type index in `type` replaced by what `ids` has for it.
// REQUIRES: the index exists.
ValueType WithIds(ValueType type, absl::Span<const TypeId> ids);
HeapType WithIds(HeapType type, absl::Span<const TypeId> ids);

// The registry of an engine: types of all modules and host functions. Ids are
// never reused. Thread-safe.
class SharedTypeRegistry {
 public:
  absl::StatusOr<std::vector<TypeId>> AddModule(const Module& module)
      ABSL_LOCKS_EXCLUDED(mutex_);

  absl::StatusOr<TypeId> Add(const CompositeType& type)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // The references stay valid for the registry's life.
  const SubType& Definition(TypeId id) const ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Span<const TypeId> Display(TypeId id) const ABSL_LOCKS_EXCLUDED(mutex_);

  bool IsSubtype(TypeId sub, TypeId super) const ABSL_LOCKS_EXCLUDED(mutex_);
  bool IsSubtype(ValueType sub, ValueType super) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // func, extern, any or exn.
  AbstractHeapType Top(HeapType type) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  mutable absl::Mutex mutex_;
  TypeRegistry registry_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_TYPE_REGISTRY_H_
