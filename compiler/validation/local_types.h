// The types of a function's locals, and which of them have a value.
#ifndef WASIJIT_COMPILER_VALIDATION_LOCAL_TYPES_H_
#define WASIJIT_COMPILER_VALIDATION_LOCAL_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// Declaring locals costs time by the declaration, not by the local: a few bytes
// may declare 50,000 of them.
class LocalTypes {
 public:
  // Parameters, then declared locals.
  void Reset(absl::Span<const ValueType> params,
             absl::Span<const LocalGroup> groups);

  uint32_t count() const { return count_; }
  // REQUIRES: index < count().
  ValueType At(uint32_t index) const {
    return index < first_.size() ? first_[index] : FindInGroups(index);
  }

  // Whether local.get may read the local (specification, 3.1.5): parameters
  // and defaultable locals always, others after an assignment in the same
  // block or one around it. REQUIRES: index < count().
  bool IsInitialized(uint32_t index) const {
    return index < param_count_ || At(index).IsDefaultable() ||
           initialized_.contains(index);
  }
  void SetInitialized(uint32_t index);

  // The record of initialisations: its length, and forgetting what was added
  // since it had that length.
  size_t record_size() const { return record_.size(); }
  void Forget(size_t record_size);

 private:
  // Locals up to here are looked up directly.
  static constexpr size_t kDirect = 64;

  ValueType FindInGroups(uint32_t index) const;

  struct Group {
    // Index after the last.
    uint32_t end;
    ValueType type;
  };

  std::vector<ValueType> first_;
  std::vector<Group> groups_;
  uint32_t count_ = 0;
  uint32_t param_count_ = 0;
  absl::flat_hash_set<uint32_t> initialized_;
  std::vector<uint32_t> record_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_LOCAL_TYPES_H_
