// The part of ControlStack that catches exceptions.
//
// The calls in a try go on in its landing pad when an exception comes out of
// them; what the function throws itself branches to where the landing pad
// leads. There the clauses are tried one after the other, and what none of them
// catches is thrown on, to the next try of the function or out of it.
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/lowering/call.h"
#include "compiler/lowering/control.h"
#include "compiler/lowering/exception.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/syntax/immediates.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

void ControlStack::EnterTryTable(std::vector<llvm::Type*> results,
                                 BytecodeRange range, size_t height,
                                 std::vector<CatchClause> clauses) {
  EnterBlock(std::move(results), range, height);
  labels_.back().kind = Kind::kTryTable;
  labels_.back().clauses = std::move(clauses);
}

void ControlStack::EnterTry(std::vector<llvm::Type*> results,
                            BytecodeRange range, size_t height) {
  EnterBlock(std::move(results), range, height);
  labels_.back().kind = Kind::kTry;
}

ControlStack::Label* ControlStack::FindHandler(uint32_t depth) {
  for (; depth < labels_.size(); ++depth) {
    Label& label = At(depth);
    if (label.kind == Kind::kTryTable || label.kind == Kind::kTry) {
      return &label;
    }
  }
  return nullptr;
}

void ControlStack::ThrowIn(uint32_t depth, llvm::Value* exception) {
  Label* handler = FindHandler(depth);
  if (handler == nullptr) {
    LowerThrowOut(b_, exception);
  } else {
    // The branch follows in EnterHandler.
    handler->thrown.push_back({{region_, b_.GetInsertBlock()}, {exception}});
  }
  SetUnreachable();
}

llvm::BasicBlock* ControlStack::UnwindTarget() {
  Label* handler = FindHandler(0);
  if (handler == nullptr) return nullptr;
  if (handler->pad == nullptr) handler->pad = b_.NewBlock("pad");
  return handler->pad;
}

void ControlStack::AddUnwindEdge(llvm::BasicBlock* from) {
  if (from == nullptr) return;
  FindHandler(0)->pad_edges.push_back({region_, from});
  region_ = locals_.NewSuccessor(region_);
}

llvm::Value* ControlStack::EnterHandler(Label& label) {
  if (label.pad != nullptr) {
    ContinueIn(label.pad,
               label.pad_edges.size() == 1
                   ? locals_.NewSuccessor(label.pad_edges[0].from)
                   : locals_.NewJoin(label.region, label.range,
                                     std::move(label.pad_edges), label.pad));
    llvm::Value* exception = LowerLandingPad(b_);
    if (label.thrown.empty()) return exception;
    label.thrown.push_back({{region_, b_.GetInsertBlock()}, {exception}});
  }
  if (label.thrown.empty()) {
    SetUnreachable();
    return nullptr;
  }
  llvm::BasicBlock* handler = b_.NewBlock("handler");
  for (const Incoming& thrown : label.thrown) {
    b_.SetInsertPoint(thrown.edge.block);
    b_.CreateBr(handler);
  }
  return Join(label, label.thrown, handler)[0];
}

llvm::BasicBlock* ControlStack::ContinueIfTag(uint32_t tag,
                                              llvm::Value* exception) {
  llvm::BasicBlock* caught = b_.NewBlock("catch");
  llvm::BasicBlock* otherwise = b_.NewBlock("catch.not");
  b_.CreateCondBr(LowerHasTag(b_, exception, tag), caught, otherwise);
  ContinueIn(caught, locals_.NewSuccessor(region_));
  return otherwise;
}

void ControlStack::LowerClause(const CatchClause& clause,
                               llvm::Value* exception) {
  LocalVariables::Region* before = region_;
  llvm::BasicBlock* otherwise = nullptr;
  Values values;
  if (clause.HasTag()) {
    otherwise = ContinueIfTag(clause.tag, exception);
    values = LowerPayload(b_, exception, clause.tag);
  }
  if (clause.HasReference()) values.push_back(exception);
  Branch(clause.label, values);
  if (otherwise != nullptr) {
    ContinueIn(otherwise, locals_.NewSuccessor(before));
  }
}

Values ControlStack::EndTryTable(const Values& results) {
  if (IsReachable()) BranchTo(labels_.back(), results);
  llvm::Value* exception = EnterHandler(labels_.back());
  // Labels of clauses count from outside.
  Label label = std::move(labels_.back());
  labels_.pop_back();
  for (const CatchClause& clause : label.clauses) {
    if (IsReachable()) LowerClause(clause, exception);
  }
  if (IsReachable()) Throw(exception);
  return JoinEnd(label);
}

Values ControlStack::EnterCatch(std::optional<uint32_t> tag,
                                const Values& results) {
  if (IsReachable()) BranchTo(labels_.back(), results);
  Label& label = labels_.back();
  if (label.kind == Kind::kTry) {
    label.exception = EnterHandler(label);
    label.kind = Kind::kCatch;
  } else if (label.uncaught != nullptr) {
    ContinueIn(std::exchange(label.uncaught, nullptr), label.uncaught_region);
  }
  if (!IsReachable() || !tag.has_value()) return {};
  label.uncaught_region = locals_.NewSuccessor(region_);
  label.uncaught = ContinueIfTag(*tag, label.exception);
  return LowerPayload(b_, label.exception, *tag);
}

Values ControlStack::EndCatch(const Values& results) {
  if (IsReachable()) BranchTo(labels_.back(), results);
  Label label = std::move(labels_.back());
  labels_.pop_back();
  if (label.uncaught != nullptr) {
    ContinueIn(label.uncaught, label.uncaught_region);
    Throw(label.exception);
  }
  return JoinEnd(label);
}

Values ControlStack::EndInDelegate(uint32_t depth, const Values& results) {
  if (IsReachable()) BranchTo(labels_.back(), results);
  llvm::Value* exception = EnterHandler(labels_.back());
  Label label = std::move(labels_.back());
  labels_.pop_back();
  if (exception != nullptr) ThrowIn(depth, exception);
  return JoinEnd(label);
}

}  // namespace wasijit::compiler
