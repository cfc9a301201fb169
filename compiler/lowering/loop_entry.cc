// The parts of BodyLowering and ControlStack for code that begins at the head
// of a loop, and for code that goes on in such code.
//
// Only that loop is lowered as one at first. A branch to the head of a loop
// around it leaves for a copy of that loop, which is lowered next, with all
// that follows it; and so on to the outermost.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/lowering/body_lowering.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/control.h"
#include "compiler/lowering/counter.h"
#include "compiler/lowering/function_lowering.h"
#include "compiler/lowering/kept_traps.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// Loops deeper in others are not left: the better code would have as many
// copies of what follows.
constexpr size_t kMaxReplacedDepth = 8;

std::vector<llvm::Type*> TypesOf(const Values& values) {
  std::vector<llvm::Type*> types;
  for (const llvm::Value* value : values) types.push_back(value->getType());
  return types;
}

}  // namespace

std::vector<BodyLowering::LoopHead> BodyLowering::FindLoop(uint32_t loop) {
  Begin();
  std::vector<LoopHead> heads;
  InstructionReader reader(module_, body_);
  while (reader.Next(instruction_)) {
    if (instruction_.verb() == Verb::kLoop && control_.IsReachable() &&
        scan_.ConstructAt(instruction_.offset).end > loop) {
      heads.push_back({instruction_, reader, control_.Open(), TypesOf(stack_)});
    }
    if (instruction_.offset >= loop) break;
    LowerNext();
  }
  return heads;
}

void BodyLowering::LowerFrom(absl::Span<const LoopHead> heads) {
  LocalVariables::Region* entry = BeginRegions();
  const Values state = EnterWithState(entry, heads);
  const auto stack_end =
      state.begin() + static_cast<ptrdiff_t>(heads.back().stack.size());
  const Values caught(stack_end, state.end());
  control_.Reopen(heads.back().constructs, entry, caught);
  stack_.assign(state.begin(), stack_end);
  LowerLoopAndRest(heads.back());
  for (size_t i = heads.size() - 1; i-- > 0;) {
    const LoopHead& head = heads[i];
    Values parameters;
    LocalVariables::Region* region = control_.ContinueLeftLoop(
        entry, scan_.ConstructAt(head.instruction.offset), parameters);
    if (region == nullptr) continue;
    control_.Reopen(head.constructs, region, caught);
    stack_.assign(state.begin(),
                  state.begin() + static_cast<ptrdiff_t>(head.stack.size() -
                                                         parameters.size()));
    PushMany(parameters);
    LowerLoopAndRest(head);
  }
  KeepTraps(*b_.function(), b_.memory_loads(), scan_.KeepsLocalsInMemory());
}

void BodyLowering::LowerLoopAndRest(const LoopHead& head) {
  instruction_ = head.instruction;
  LowerNext();
  LowerRest(head.reader);
}

Values BodyLowering::EnterWithState(LocalVariables::Region* entry,
                                    absl::Span<const LoopHead> heads) {
  std::vector<llvm::Type*> types;
  const std::vector<uint32_t> locals =
      LocalsReadFrom(heads[0].instruction.offset);
  for (const uint32_t local : locals) {
    types.push_back(b_.TypeOf(scan_.locals()[local]));
  }
  const LoopHead& head = heads.back();
  types.insert(types.end(), head.stack.begin(), head.stack.end());
  types.insert(types.end(), ControlStack::CaughtIn(head.constructs),
               b_.getPtrTy());
  for (uint32_t i = 0; i < scan_.locals().size(); ++i) {
    locals_.Set(entry, i,
                llvm::Constant::getNullValue(b_.TypeOf(scan_.locals()[i])));
  }
  const Values state = ReceiveState(b_, types);
  for (size_t i = 0; i < locals.size(); ++i) {
    locals_.Set(entry, locals[i], state[i]);
  }
  return Values(state.begin() + static_cast<ptrdiff_t>(locals.size()),
                state.end());
}

void BodyLowering::CountIteration() {
  const std::vector<uint32_t> locals = LocalsReadFrom(control_.OutermostLoop());
  const Values caught = control_.CaughtExceptions();
  if (control_.LoopDepth() > kMaxReplacedDepth ||
      locals.size() + stack_.size() + caught.size() > kMaxState) {
    LowerIterationCount(b_, function_);
    return;
  }
  LowerIterationCount(b_, function_, instruction_.offset, [&] {
    Values state;
    for (const uint32_t local : locals) {
      state.push_back(locals_.Get(control_.region(), local));
    }
    state.insert(state.end(), stack_.begin(), stack_.end());
    state.insert(state.end(), caught.begin(), caught.end());
    return state;
  });
}

std::vector<uint32_t> BodyLowering::LocalsReadFrom(
    uint32_t bytecode_offset) const {
  std::vector<uint32_t> locals;
  for (uint32_t i = 0; i < scan_.locals().size(); ++i) {
    if (scan_.IsReadFrom(i, bytecode_offset)) locals.push_back(i);
  }
  return locals;
}

void LowerBodyFrom(ModuleLowering& lowering, uint32_t function, uint32_t loop,
                   llvm::Function* draft, llvm::Function* target) {
  const auto heads = BodyLowering(lowering, function, draft).FindLoop(loop);
  BodyLowering(lowering, function, target).LowerFrom(heads);
}

std::vector<ControlStack::OpenConstruct> ControlStack::Open() const {
  std::vector<OpenConstruct> constructs;
  for (const Label& label : labels_) {
    constructs.push_back(
        {label.kind, label.range, label.height, label.types, label.clauses});
  }
  return constructs;
}

void ControlStack::Reopen(absl::Span<const OpenConstruct> constructs,
                          LocalVariables::Region* region,
                          const Values& caught) {
  region_ = region;
  size_t caught_so_far = 0;
  for (const OpenConstruct& construct : constructs) {
    Label& label = labels_.emplace_back();
    label.kind = construct.kind;
    label.range = construct.range;
    label.height = construct.height;
    label.types = construct.types;
    label.clauses = construct.clauses;
    label.region = region;
    if (label.kind == Kind::kLoop) {
      label.kind = Kind::kLeftLoop;
      label.target = left_loops_[label.range.begin].target;
    } else if (label.kind == Kind::kCatch) {
      label.exception = caught[caught_so_far++];
    }
  }
}

void ControlStack::LeaveLoop() {
  Label& label = labels_.back();
  LeftLoop& left = left_loops_[label.range.begin];
  left.target = label.target;
  std::move(label.incoming.begin(), label.incoming.end(),
            std::back_inserter(left.incoming));
  labels_.pop_back();
}

LocalVariables::Region* ControlStack::ContinueLeftLoop(
    LocalVariables::Region* entry, BytecodeRange range, Values& parameters) {
  LeftLoop& left = left_loops_[range.begin];
  if (left.incoming.empty()) return nullptr;
  Label label;
  label.range = range;
  label.region = entry;
  parameters = Join(label, left.incoming, left.target);
  return region_;
}

size_t ControlStack::LoopDepth() const {
  return static_cast<size_t>(std::count_if(
      labels_.begin(), labels_.end(),
      [](const Label& label) { return label.kind == Kind::kLoop; }));
}

uint32_t ControlStack::OutermostLoop() const {
  return std::find_if(
             labels_.begin(), labels_.end(),
             [](const Label& label) { return label.kind == Kind::kLoop; })
      ->range.begin;
}

Values ControlStack::CaughtExceptions() const {
  Values caught;
  for (const Label& label : labels_) {
    if (label.kind == Kind::kCatch) caught.push_back(label.exception);
  }
  return caught;
}

size_t ControlStack::CaughtIn(absl::Span<const OpenConstruct> constructs) {
  return static_cast<size_t>(std::count_if(
      constructs.begin(), constructs.end(), [](const OpenConstruct& construct) {
        return construct.kind == Kind::kCatch;
      }));
}

}  // namespace wasijit::compiler
