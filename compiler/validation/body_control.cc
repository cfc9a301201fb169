// Control instructions (specification, 3.4.1) and exceptions.
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "compiler/validation/body_validator.h"

namespace wasijit::compiler {

bool BodyValidator::FuncTypeAt(uint32_t type, const FuncType*& result) {
  if (type >= context_.type_ids.size()) return FailUnknown("type", type);
  result = context_.Definition(context_.type_ids[type]).func();
  return result != nullptr || Fail(absl::StrCat("type mismatch: type ", type,
                                                " is not a function type"));
}

bool BodyValidator::Terminate() {
  stack_.SetUnreachable();
  return true;
}

// The frame that a structured instruction opens.
bool BodyValidator::BlockFrame(ControlFrame& frame) {
  frame = {.verb = in_.verb(),
           .unreachable = false,
           .result = {},
           .func = nullptr,
           .height = 0,
           .initialized = static_cast<uint32_t>(locals_.record_size())};
  switch (in_.block.kind) {
    case BlockType::Kind::kEmpty:
      return true;
    case BlockType::Kind::kValue:
      return Canonical(in_.block.value, frame.result);
    case BlockType::Kind::kTypeIndex:
      break;
  }
  return FuncTypeAt(in_.block.type_index, frame.func) &&
         ((frame.func->params.empty() && frame.func->results.size() <= 1) ||
          CheckFeature(Feature::kMultiValue));
}

bool BodyValidator::OpenFrame(const ControlFrame& frame) {
  return stack_.Pop(frame.Params()) && stack_.PushFrame(frame);
}

bool BodyValidator::Block() {
  ControlFrame frame;
  return BlockFrame(frame) && OpenFrame(frame);
}

bool BodyValidator::If() {
  ControlFrame frame;
  return BlockFrame(frame) && stack_.Pop(ValueType::I32()) && OpenFrame(frame);
}

bool BodyValidator::Else() {
  if (stack_.top().verb != Verb::kIf) return Fail("END opcode expected");
  if (!stack_.CheckFrameEnd()) return false;
  locals_.Forget(stack_.top().initialized);
  return stack_.RestartFrame(Verb::kElse, stack_.top().Params());
}

bool BodyValidator::Try() { return Block(); }

bool BodyValidator::Catch() {
  const Verb verb = stack_.top().verb;
  if (verb != Verb::kTry && verb != Verb::kCatch) {
    return Fail("END opcode expected");
  }
  if (in_.index >= context_.tags.size()) return FailUnknown("tag", in_.index);
  if (!stack_.CheckFrameEnd()) return false;
  locals_.Forget(stack_.top().initialized);
  return stack_.RestartFrame(Verb::kCatch, context_.tags[in_.index]->params);
}

bool BodyValidator::CatchAll() {
  const Verb verb = stack_.top().verb;
  if (verb != Verb::kTry && verb != Verb::kCatch) {
    return Fail("END opcode expected");
  }
  if (!stack_.CheckFrameEnd()) return false;
  locals_.Forget(stack_.top().initialized);
  return stack_.RestartFrame(Verb::kCatchAll, {});
}

// The label counts from the block around the `try`.
bool BodyValidator::Delegate() {
  if (stack_.top().verb != Verb::kTry) return Fail("END opcode expected");
  if (in_.index >= stack_.frame_count() - 1) {
    return FailUnknown("label", in_.index);
  }
  return End();
}

bool BodyValidator::Rethrow() {
  if (!CheckLabel(in_.index)) return false;
  const Verb verb = stack_.FrameAt(in_.index).verb;
  if (verb != Verb::kCatch && verb != Verb::kCatchAll) {
    return Fail("invalid rethrow label");
  }
  return Terminate();
}

bool BodyValidator::TryTable() {
  ControlFrame frame;
  if (!BlockFrame(frame)) return false;
  for (const CatchClause& clause : in_.catches) {
    if (!CheckCatch(clause)) return false;
  }
  return OpenFrame(frame);
}

// Labels of clauses count from the block around the try_table.
bool BodyValidator::CheckCatch(const CatchClause& clause) {
  types_.clear();
  if (clause.HasTag()) {
    if (clause.tag >= context_.tags.size()) {
      return FailUnknown("tag", clause.tag);
    }
    types_ = context_.tags[clause.tag]->params;
  }
  if (clause.HasReference()) {
    types_.push_back(
        ValueType::Ref(AbstractHeapType::kExn, /*nullable=*/false));
  }
  if (!CheckLabel(clause.label)) return false;
  const Types label = stack_.FrameAt(clause.label).LabelTypes();
  bool matches = label.size() == types_.size();
  for (size_t i = 0; matches && i < label.size(); ++i) {
    matches = context_.Matches(types_[i], label[i]);
  }
  return matches ||
         Fail(absl::StrCat("type mismatch: catch handler requires ",
                           context_.TypeNames(label), " but label has ",
                           context_.TypeNames(types_)));
}

bool BodyValidator::End() {
  ControlFrame& frame = stack_.top();
  if (!stack_.CheckFrameEnd()) return false;
  if (frame.verb == Verb::kIf) {
    // The missing else branch passes the parameters on.
    if (!stack_.RestartFrame(Verb::kElse, frame.Params()) ||
        !stack_.CheckFrameEnd()) {
      return false;
    }
  }
  locals_.Forget(frame.initialized);
  return stack_.PopFrame();
}

bool BodyValidator::Br() {
  return CheckLabel(in_.index) &&
         stack_.Pop(stack_.FrameAt(in_.index).LabelTypes()) && Terminate();
}

bool BodyValidator::BrIf() {
  if (!CheckLabel(in_.index) || !stack_.Pop(ValueType::I32())) return false;
  const Types types = stack_.FrameAt(in_.index).LabelTypes();
  return stack_.Pop(types) && stack_.Push(types);
}

// Labels with the same types are checked once, so that the time is linear in
// the size of the table and of the types.
bool BodyValidator::BrTable() {
  if (!stack_.Pop(ValueType::I32())) return false;
  const uint32_t fallback = in_.labels.back();
  if (!CheckLabel(fallback)) return false;
  const size_t arity = stack_.FrameAt(fallback).LabelTypes().size();
  checked_labels_.clear();
  for (uint32_t label : in_.labels) {
    if (!CheckBrTableLabel(label, arity)) return false;
  }
  return Terminate();
}

bool BodyValidator::CheckBrTableLabel(uint32_t label, size_t arity) {
  if (!CheckLabel(label)) return false;
  const Types types = stack_.FrameAt(label).LabelTypes();
  if (types.size() != arity) {
    return Fail(absl::StrCat("type mismatch: instruction requires ", arity,
                             " operands but label has ",
                             context_.TypeNames(types)));
  }
  if (arity > 1 && !checked_labels_.insert(types.data()).second) return true;
  return stack_.Check(types);
}

bool BodyValidator::Return() { return stack_.Pop(results_) && Terminate(); }

bool BodyValidator::Call() {
  if (in_.index >= context_.functions.size()) {
    return FailUnknown("function", in_.index);
  }
  const FuncType& type = *context_.functions[in_.index].type;
  return stack_.Pop(type.params) && stack_.Push(type.results);
}

// Checks the immediates and pops the index into the table.
bool BodyValidator::IndirectCallee(const FuncType*& type) {
  if (!CheckTable(in_.index2) || !FuncTypeAt(in_.index, type)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index2];
  if (!context_.Matches(table.element, ValueType::FuncRef())) {
    return Fail(absl::StrCat(
        "type mismatch: instruction requires table of function type but table "
        "has element type ",
        context_.TypeName(table.element)));
  }
  return stack_.Pop(table.address);
}

bool BodyValidator::CallIndirect() {
  const FuncType* type = nullptr;
  return IndirectCallee(type) && stack_.Pop(type->params) &&
         stack_.Push(type->results);
}

bool BodyValidator::CallRef() {
  const FuncType* type = nullptr;
  return FuncTypeAt(in_.index, type) &&
         stack_.Pop(ReferenceTo(in_.index, /*nullable=*/true)) &&
         stack_.Pop(type->params) && stack_.Push(type->results);
}

// The callee's results become those of the function.
bool BodyValidator::TailCall(const FuncType& type) {
  bool matches = type.results.size() == results_.size();
  for (size_t i = 0; matches && i < results_.size(); ++i) {
    matches = context_.Matches(type.results[i], results_[i]);
  }
  if (!matches) {
    return Fail(
        absl::StrCat("type mismatch: current function requires result type ",
                     context_.TypeNames(results_), " but callee returns ",
                     context_.TypeNames(type.results)));
  }
  return stack_.Pop(type.params) && Terminate();
}

bool BodyValidator::ReturnCall() {
  if (in_.index >= context_.functions.size()) {
    return FailUnknown("function", in_.index);
  }
  return TailCall(*context_.functions[in_.index].type);
}

bool BodyValidator::ReturnCallIndirect() {
  const FuncType* type = nullptr;
  return IndirectCallee(type) && TailCall(*type);
}

bool BodyValidator::ReturnCallRef() {
  const FuncType* type = nullptr;
  return CheckFeature(Feature::kTailCall) && FuncTypeAt(in_.index, type) &&
         stack_.Pop(ReferenceTo(in_.index, /*nullable=*/true)) &&
         TailCall(*type);
}

bool BodyValidator::Throw() {
  if (in_.index >= context_.tags.size()) return FailUnknown("tag", in_.index);
  return stack_.Pop(context_.tags[in_.index]->params) && Terminate();
}

bool BodyValidator::ThrowRef() {
  return stack_.Pop(
             ValueType::Ref(AbstractHeapType::kExn, /*nullable=*/true)) &&
         Terminate();
}

}  // namespace wasijit::compiler
