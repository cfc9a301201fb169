// SSA form for a function's locals, built while lowering.
//
// Control is structured, so where a local is assigned tells where it needs a
// phi: a loop header or the end of a construct needs one only for locals that
// are assigned inside; for all others the value is that before the construct.
// Phis are made when a local is read (after Braun et al., "Simple and
// Efficient Construction of Static Single Assignment Form", 2013), without
// recursion.
#ifndef WASIJIT_COMPILER_LOWERING_LOCAL_VARIABLES_H_
#define WASIJIT_COMPILER_LOWERING_LOCAL_VARIABLES_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// A range of bytecode: the offsets of a construct's first instruction and of
// its `end`.
struct BytecodeRange {
  uint32_t begin;
  uint32_t end;
};

// Where each local is assigned; filled in the order of the bytecode.
class LocalAssignments {
 public:
  explicit LocalAssignments(uint32_t local_count) : offsets_(local_count) {}

  void Add(uint32_t local, uint32_t bytecode_offset) {
    offsets_[local].push_back(bytecode_offset);
  }
  bool IsAssignedIn(uint32_t local, BytecodeRange range) const;

 private:
  std::vector<std::vector<uint32_t>> offsets_;
};

class LocalVariables {
 public:
  // A stretch of code that control enters only at its start: LLVM blocks that
  // follow each other without joining.
  class Region;

  // An edge into a region: where it comes from, and the LLVM block that ends
  // with the branch.
  struct Edge {
    Region* from;
    llvm::BasicBlock* block;
  };

  // `types` are the LLVM types of all locals.
  LocalVariables(std::vector<llvm::Type*> types,
                 const LocalAssignments& assignments);
  ~LocalVariables();
  LocalVariables(const LocalVariables&) = delete;
  LocalVariables& operator=(const LocalVariables&) = delete;

  // From now on keeps locals in stack slots, which are made where `builder` is,
  // instead of in SSA form; Get and Set load and store there.
  void KeepInMemory(llvm::IRBuilderBase& builder);

  // The function's first region, in which every local must be set.
  Region* NewEntry();
  // Continues `predecessor` after it has branched elsewhere.
  Region* NewSuccessor(Region* predecessor);
  // Where several edges join at the end of a construct that was entered from
  // `dominator`. `block` is its (still empty) LLVM block.
  Region* NewJoin(Region* dominator, BytecodeRange construct,
                  std::vector<Edge> edges, llvm::BasicBlock* block);
  // A loop's header, entered by `entry`; `block` is its LLVM block.
  Region* NewLoop(Edge entry, BytecodeRange construct, llvm::BasicBlock* block);
  // A branch back to the header.
  void AddBackEdge(Region* loop, Edge edge);
  // Says that all back edges are known.
  void CloseLoop(Region* loop);

  void Set(Region* region, uint32_t local, llvm::Value* value);
  llvm::Value* Get(Region* region, uint32_t local);

 private:
  struct Phi {
    Region* region;
    uint32_t local;
    llvm::PHINode* node;
  };

  static void Remember(Region* region, const Region* end, uint32_t local,
                       llvm::Value* value);
  llvm::Value* Find(Region* region, uint32_t local);
  void Fill(const Phi& phi);
  void FillPending();

  std::vector<llvm::Type*> types_;
  // Empty unless kept in memory.
  std::vector<llvm::AllocaInst*> slots_;
  llvm::IRBuilderBase* builder_ = nullptr;
  const LocalAssignments& assignments_;
  std::deque<Region> regions_;
  // Phis of regions with all edges known that lack their operands.
  std::vector<Phi> pending_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_LOCAL_VARIABLES_H_
