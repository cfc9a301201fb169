// What lowering has to know of a body before it starts.
#ifndef WASIJIT_COMPILER_LOWERING_BODY_SCAN_H_
#define WASIJIT_COMPILER_LOWERING_BODY_SCAN_H_

#include <cstdint>
#include <vector>

#include "compiler/lowering/local_variables.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

class BodyScan {
 public:
  // Reads the body of a defined function of a valid module.
  BodyScan(const Module& module, uint32_t function);

  // Parameters, then declared locals.
  const std::vector<ValueType>& locals() const { return locals_; }
  const LocalAssignments& assignments() const { return assignments_; }

  // Whether anything reads a local at an offset or behind it.
  bool IsReadFrom(uint32_t local, uint32_t bytecode_offset) const {
    return last_reads_[local] >= bytecode_offset;
  }
  // Whether SSA form would take more phis, or longer searches for values, than
  // the function is worth: its locals are better kept in memory.
  bool KeepsLocalsInMemory() const;

  // The extent of the structured instruction at an offset.
  BytecodeRange ConstructAt(uint32_t bytecode_offset) const;

 private:
  std::vector<ValueType> locals_;
  LocalAssignments assignments_;
  // By local: where it is read last; 0 if nowhere.
  std::vector<uint32_t> last_reads_;
  // Ascending by begin.
  std::vector<BytecodeRange> constructs_;
  // Pairs of a construct and a local that is assigned inside: no more phis than
  // that are needed.
  uint64_t assigned_pairs_ = 0;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_BODY_SCAN_H_
