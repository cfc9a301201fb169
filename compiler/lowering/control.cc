#include "compiler/lowering/control.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/local_variables.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// Cases of a br_table for each label above which a table of bytes stands before
// the jump: each case of a switch takes LLVM a hundred bytes and more.
constexpr size_t kCasesPerEdge = 100;

// Replaces `cases` by those that differ, each once; returns the number among
// them of the one that `index` selects.
llvm::Value* LookUpNumbers(CodeBuilder& b, llvm::Value* index,
                           llvm::BasicBlock* otherwise,
                           std::vector<llvm::BasicBlock*>& cases) {
  absl::flat_hash_map<llvm::BasicBlock*, uint16_t> numbers;
  std::vector<llvm::BasicBlock*> different;
  std::vector<uint16_t> table;
  table.reserve(cases.size());
  for (llvm::BasicBlock* to : cases) {
    const auto [entry, is_new] =
        numbers.try_emplace(to, static_cast<uint16_t>(different.size()));
    if (is_new) different.push_back(to);
    table.push_back(entry->second);
  }
  llvm::Constant* data =
      llvm::ConstantDataArray::get(b.getContext(), llvm::ArrayRef(table));
  auto* numbers_of_cases = new llvm::GlobalVariable(
      b.lowering().llvm_module(), data->getType(), /*isConstant=*/true,
      llvm::GlobalValue::PrivateLinkage, data, "br_table");

  llvm::BasicBlock* inside = b.NewBlock("br_table.inside");
  b.CreateCondBr(
      b.CreateICmpUGE(index, b.getInt32(static_cast<uint32_t>(cases.size()))),
      otherwise, inside);
  b.SetInsertPoint(inside);
  cases = std::move(different);
  llvm::Value* number =
      b.CreateLoad(b.getInt16Ty(),
                   b.CreateInBoundsGEP(
                       data->getType(), numbers_of_cases,
                       {b.getInt64(0), b.CreateZExt(index, b.getInt64Ty())}));
  return b.CreateZExt(number, b.getInt32Ty());
}

}  // namespace

void ControlStack::EnterFunction(LocalVariables::Region* entry,
                                 std::vector<llvm::Type*> results,
                                 BytecodeRange range) {
  region_ = entry;
  EnterBlock(std::move(results), range, /*height=*/0);
}

void ControlStack::EnterBlock(std::vector<llvm::Type*> results,
                              BytecodeRange range, size_t height) {
  Label& label = labels_.emplace_back();
  label.kind = Kind::kBlock;
  label.range = range;
  label.height = height;
  label.types = std::move(results);
  label.region = region_;
}

void ControlStack::EnterLoop(Values& parameters, BytecodeRange range,
                             size_t height) {
  llvm::BasicBlock* from = b_.GetInsertBlock();
  llvm::BasicBlock* header = b_.NewBlock("loop");
  b_.CreateBr(header);
  b_.SetInsertPoint(header);

  Label& label = labels_.emplace_back();
  label.kind = Kind::kLoop;
  label.range = range;
  label.height = height;
  label.target = header;
  for (llvm::Value*& parameter : parameters) {
    label.types.push_back(parameter->getType());
    llvm::PHINode* phi = b_.CreatePHI(parameter->getType(), 2);
    phi->addIncoming(parameter, from);
    label.parameters.push_back(phi);
    parameter = phi;
  }
  label.region = locals_.NewLoop({region_, from}, range, header);
  region_ = label.region;
}

void ControlStack::EnterIf(llvm::Value* condition,
                           std::vector<llvm::Type*> results, Values parameters,
                           BytecodeRange range, size_t height) {
  llvm::BasicBlock* then = b_.NewBlock("then");
  llvm::BasicBlock* otherwise = b_.NewBlock("else");
  b_.CreateCondBr(b_.IsTrue(condition), then, otherwise, b_.HintedWeights());

  Label& label = labels_.emplace_back();
  label.kind = Kind::kIf;
  label.range = range;
  label.height = height;
  label.types = std::move(results);
  label.region = region_;
  label.otherwise = otherwise;
  label.otherwise_parameters = std::move(parameters);
  ContinueIn(then, locals_.NewSuccessor(region_));
}

Values ControlStack::EnterElse(const Values& results) {
  Label& label = labels_.back();
  if (IsReachable()) BranchTo(label, results);
  label.kind = Kind::kElse;
  if (label.otherwise == nullptr) return {};
  ContinueIn(label.otherwise, locals_.NewSuccessor(label.region));
  return std::move(label.otherwise_parameters);
}

Values ControlStack::End(const Values& results) {
  if (labels_.back().kind == Kind::kLoop) {
    locals_.CloseLoop(labels_.back().region);
    labels_.pop_back();
    return results;
  }
  if (labels_.back().kind == Kind::kLeftLoop) {
    LeaveLoop();
    return results;
  }
  if (labels_.back().kind == Kind::kIf) {
    // Without a second branch the parameters are the results.
    const Values unchanged = EnterElse(results);
    return End(unchanged);
  }
  if (labels_.back().kind == Kind::kTryTable) return EndTryTable(results);
  // A `try` without a clause catches nothing.
  if (labels_.back().kind == Kind::kTry) return EndInDelegate(0, results);
  if (labels_.back().kind == Kind::kCatch) return EndCatch(results);
  if (labels_.back().incoming.empty()) {
    labels_.pop_back();
    return results;
  }
  if (IsReachable()) BranchTo(labels_.back(), results);
  Label label = std::move(labels_.back());
  labels_.pop_back();
  return JoinEnd(label);
}

size_t ControlStack::LabelArity(uint32_t depth) const {
  return At(depth).types.size();
}

void ControlStack::Branch(uint32_t depth, const Values& values) {
  BranchTo(At(depth), values);
}

void ControlStack::BranchIf(llvm::Value* condition, uint32_t depth,
                            const Values& values) {
  Label& label = At(depth);
  llvm::BasicBlock* from = b_.GetInsertBlock();
  llvm::BasicBlock* proceed = b_.NewBlock("br_if.not");
  b_.CreateCondBr(b_.IsTrue(condition), TargetOf(label), proceed,
                  b_.HintedWeights());
  AddIncoming(label, from, values);
  ContinueIn(proceed, locals_.NewSuccessor(region_));
}

void ControlStack::BranchTable(llvm::Value* index,
                               absl::Span<const uint32_t> depths,
                               const Values& values) {
  llvm::BasicBlock* from = b_.GetInsertBlock();
  // One edge for each label, however many cases lead to it: phis have an entry
  // for each edge.
  absl::flat_hash_map<uint32_t, llvm::BasicBlock*> edges;
  const auto edge_to = [&](uint32_t depth) {
    llvm::BasicBlock*& edge = edges[depth];
    if (edge == nullptr) {
      edge = b_.NewBlock("br_table.to");
      b_.SetInsertPoint(edge);
      b_.CreateBr(TargetOf(At(depth)));
      AddIncoming(At(depth), edge, values);
    }
    return edge;
  };
  const uint32_t default_depth = depths.back();
  depths.remove_suffix(1);
  llvm::BasicBlock* otherwise = edge_to(default_depth);
  std::vector<llvm::BasicBlock*> cases;
  cases.reserve(depths.size());
  for (uint32_t depth : depths) cases.push_back(edge_to(depth));

  b_.SetInsertPoint(from);
  if (edges.size() * kCasesPerEdge < cases.size()) {
    index = LookUpNumbers(b_, index, otherwise, cases);
  }
  llvm::SwitchInst* jump =
      b_.CreateSwitch(index, otherwise, static_cast<unsigned>(cases.size()));
  for (size_t i = 0; i < cases.size(); ++i) {
    if (cases[i] != otherwise) {
      jump->addCase(b_.getInt32(static_cast<uint32_t>(i)), cases[i]);
    }
  }
  SetUnreachable();
}

void ControlStack::AddIncoming(Label& label, llvm::BasicBlock* from,
                               const Values& values) {
  const LocalVariables::Edge edge = {region_, from};
  if (label.kind != Kind::kLoop) {
    label.incoming.push_back({edge, values});
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    label.parameters[i]->addIncoming(values[i], from);
  }
  locals_.AddBackEdge(label.region, edge);
}

llvm::BasicBlock* ControlStack::TargetOf(Label& label) {
  if (label.target == nullptr) label.target = b_.NewBlock("end");
  return label.target;
}

void ControlStack::BranchTo(Label& label, const Values& values) {
  llvm::BasicBlock* from = b_.GetInsertBlock();
  b_.CreateBr(TargetOf(label));
  AddIncoming(label, from, values);
  SetUnreachable();
}

Values ControlStack::Join(const Label& label, std::vector<Incoming>& incoming,
                          llvm::BasicBlock* target) {
  if (incoming.size() == 1) {
    ContinueIn(target, locals_.NewSuccessor(incoming[0].edge.from));
    return std::move(incoming[0].values);
  }
  std::vector<LocalVariables::Edge> edges;
  edges.reserve(incoming.size());
  for (const Incoming& from : incoming) edges.push_back(from.edge);
  ContinueIn(target, locals_.NewJoin(label.region, label.range,
                                     std::move(edges), target));
  Values results;
  for (size_t i = 0; i < incoming[0].values.size(); ++i) {
    llvm::PHINode* phi = b_.CreatePHI(incoming[0].values[i]->getType(),
                                      static_cast<unsigned>(incoming.size()));
    for (const Incoming& from : incoming) {
      phi->addIncoming(from.values[i], from.edge.block);
    }
    results.push_back(phi);
  }
  return results;
}

Values ControlStack::JoinEnd(Label& label) {
  if (!label.incoming.empty()) {
    return Join(label, label.incoming, label.target);
  }
  SetUnreachable();
  return {};
}

void ControlStack::ContinueIn(llvm::BasicBlock* block,
                              LocalVariables::Region* region) {
  // Behind everything lowered so far, so that blocks stand in source order.
  if (&block->getParent()->back() != block) {
    block->moveAfter(&block->getParent()->back());
  }
  b_.SetInsertPoint(block);
  region_ = region;
}

}  // namespace wasijit::compiler
