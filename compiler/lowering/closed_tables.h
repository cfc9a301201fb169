// Tables whose contents are known when a module is compiled.
#ifndef WASIJIT_COMPILER_LOWERING_CLOSED_TABLES_H_
#define WASIJIT_COMPILER_LOWERING_CLOSED_TABLES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// A table is closed if it is the module's own, is not exported, no instruction
// changes it, and active segments at constant places fill it with functions:
// the usual table of C, C++ and Rust programs.
class ClosedTables {
 public:
  // Until every instruction of the module has been seen, the answers below are
  // about what the declarations say.
  explicit ClosedTables(const Module& module);
  // Opens the tables that the instruction may change.
  void See(const Instruction& instruction);

  bool IsClosed(uint32_t table) const { return groups_[table].has_value(); }

  // What a call_indirect can call.
  struct Callees {
    // None of them is imported.
    bool are_own = false;
    // The only element that it can call, if there is just one.
    std::optional<uint32_t> only_index;
    uint32_t only_function = 0;
  };
  Callees CalleesOf(uint32_t table, uint32_t type) const;

 private:
  // Function indices by element.
  using Contents = std::vector<uint32_t>;
  // The elements that are functions of one type.
  struct Group {
    uint32_t type;
    uint32_t count = 0;
    bool are_own = true;
    uint32_t last_index = 0;
    uint32_t last_function = 0;
  };

  // What active segments leave in the table; nothing if that is not known.
  std::optional<Contents> ContentsOf(uint32_t table) const;
  std::vector<Group> Grouped(const Contents& contents) const;
  void Open(uint32_t table);

  const Module& module_;
  // By table; absent if not closed.
  std::vector<std::optional<std::vector<Group>>> groups_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CLOSED_TABLES_H_
