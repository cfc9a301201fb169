// A table of references (specification, 4.2.7).
#ifndef WASIJIT_RUNTIME_TABLE_H_
#define WASIJIT_RUNTIME_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

// Owned by a store. References are passed as their bits; whoever has a Value
// checks its type first (Store::ValueMatches).
class Table {
 public:
  // Indices in `type` are canonical ids. `is_function_table`: the elements are
  // function references. `max_size` is a limit in elements beside the type's.
  // ResourceExhausted if the table is larger or memory is missing.
  static absl::StatusOr<std::unique_ptr<Table>> Create(const TableType& type,
                                                       bool is_function_table,
                                                       ReferenceBits initial,
                                                       uint64_t max_size);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // As declared, with the present size as the minimum.
  TableType type() const;
  ValueType element_type() const { return type_.element; }
  uint64_t size() const { return vm_.size; }

  // Nothing or false if the index or range is out of bounds; then nothing has
  // been changed.
  std::optional<ReferenceBits> Get(uint64_t index) const;
  bool Set(uint64_t index, ReferenceBits reference);
  bool Fill(uint64_t start, ReferenceBits reference, uint64_t count);
  // Copies from `source`, which may be this table; ranges may overlap.
  // REQUIRES: the element types have the same representation, as validation
  // ensures.
  bool Copy(const Table& source, uint64_t destination, uint64_t source_start,
            uint64_t count);
  bool Init(uint64_t destination, absl::Span<const ReferenceBits> references);

  // Adds `delta` elements and returns the previous size, or nothing if the
  // table cannot grow that far.
  std::optional<uint64_t> Grow(uint64_t delta, ReferenceBits initial);

  VmTable* vm() { return &vm_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  Table(const TableType& type, bool is_function_table, uint64_t max_size);

  size_t ElementSize() const {
    return is_function_table_ ? sizeof(VmFunctionElement)
                              : sizeof(ReferenceBits);
  }
  bool Contains(uint64_t start, uint64_t count) const {
    return start <= vm_.size && count <= vm_.size - start;
  }
  bool Reserve(uint64_t capacity);
  void Put(uint64_t index, ReferenceBits reference);

  TableType type_;
  bool is_function_table_;
  // In elements.
  uint64_t max_size_;
  uint64_t capacity_ = 0;
  std::unique_ptr<void, Free> elements_;
  VmTable vm_ = {};
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_TABLE_H_
