#include "compiler/lowering/local_variables.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// A value is remembered in every so-manieth region of a search.
constexpr size_t kRememberedSteps = 64;

}  // namespace

bool LocalAssignments::IsAssignedIn(uint32_t local, BytecodeRange range) const {
  const std::vector<uint32_t>& offsets = offsets_[local];
  const auto first =
      std::lower_bound(offsets.begin(), offsets.end(), range.begin);
  return first != offsets.end() && *first < range.end;
}

class LocalVariables::Region {
 public:
  // The region in which to look for locals that are not assigned in
  // `construct`; null only for the entry.
  Region* dominator = nullptr;
  BytecodeRange construct = {0, 0};
  // The block of the phis; null where there are none.
  llvm::BasicBlock* block = nullptr;
  std::vector<Edge> edges;
  bool closed = true;
  llvm::SmallDenseMap<uint32_t, llvm::Value*, 8> values;
  // Phis made while the region was not closed.
  std::vector<Phi> open_phis;
};

LocalVariables::LocalVariables(std::vector<llvm::Type*> types,
                               const LocalAssignments& assignments)
    : types_(std::move(types)), assignments_(assignments) {}

LocalVariables::~LocalVariables() = default;

void LocalVariables::KeepInMemory(llvm::IRBuilderBase& builder) {
  builder_ = &builder;
  slots_.reserve(types_.size());
  for (llvm::Type* type : types_) slots_.push_back(builder.CreateAlloca(type));
}

LocalVariables::Region* LocalVariables::NewEntry() {
  return &regions_.emplace_back();
}

LocalVariables::Region* LocalVariables::NewSuccessor(Region* predecessor) {
  Region& region = regions_.emplace_back();
  region.dominator = predecessor;
  return &region;
}

LocalVariables::Region* LocalVariables::NewJoin(Region* dominator,
                                                BytecodeRange construct,
                                                std::vector<Edge> edges,
                                                llvm::BasicBlock* block) {
  Region& region = regions_.emplace_back();
  region.dominator = dominator;
  region.construct = construct;
  region.edges = std::move(edges);
  region.block = block;
  return &region;
}

LocalVariables::Region* LocalVariables::NewLoop(Edge entry,
                                                BytecodeRange construct,
                                                llvm::BasicBlock* block) {
  Region* region = NewJoin(entry.from, construct, {entry}, block);
  region->closed = false;
  return region;
}

void LocalVariables::AddBackEdge(Region* loop, Edge edge) {
  loop->edges.push_back(edge);
}

void LocalVariables::CloseLoop(Region* loop) {
  loop->closed = true;
  pending_ = std::exchange(loop->open_phis, {});
  FillPending();
}

void LocalVariables::Set(Region* region, uint32_t local, llvm::Value* value) {
  if (builder_ != nullptr) {
    builder_->CreateStore(value, slots_[local]);
  } else {
    region->values[local] = value;
  }
}

llvm::Value* LocalVariables::Get(Region* region, uint32_t local) {
  if (builder_ != nullptr) {
    return builder_->CreateLoad(types_[local], slots_[local]);
  }
  llvm::Value* value = Find(region, local);
  FillPending();
  return value;
}

// Shortens later searches for a value that was found in `end`: from the same
// region, and from others that lead through the same ones.
void LocalVariables::Remember(Region* region, const Region* end, uint32_t local,
                              llvm::Value* value) {
  size_t steps = 0;
  for (; region != end; region = region->dominator) {
    if (steps++ % kRememberedSteps == 0) region->values[local] = value;
  }
}

// The value at the end of what is known of `region`. May leave phis pending.
llvm::Value* LocalVariables::Find(Region* region, uint32_t local) {
  Region* at = region;
  while (true) {
    if (const auto found = at->values.find(local); found != at->values.end()) {
      llvm::Value* value = found->second;
      if (at != region) Remember(region, at, local, value);
      return value;
    }
    if (at->block != nullptr &&
        assignments_.IsAssignedIn(local, at->construct)) {
      break;
    }
    assert(at->dominator != nullptr && "the entry sets every local");
    at = at->dominator;
  }

  llvm::PHINode* phi =
      llvm::PHINode::Create(types_[local], 2, "", at->block->begin());
  at->values[local] = phi;
  if (at != region) Remember(region, at, local, phi);
  (at->closed ? pending_ : at->open_phis).push_back({at, local, phi});
  return phi;
}

void LocalVariables::Fill(const Phi& phi) {
  for (const Edge& edge : phi.region->edges) {
    phi.node->addIncoming(Find(edge.from, phi.local), edge.block);
  }
}

void LocalVariables::FillPending() {
  while (!pending_.empty()) {
    const Phi phi = pending_.back();
    pending_.pop_back();
    Fill(phi);
  }
}

}  // namespace wasijit::compiler
