#include "compiler/validation/operand_stack.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {

void OperandStack::Reset(size_t max_height) {
  values_.clear();
  frames_.clear();
  floor_ = 0;
  max_height_ = max_height;
  error_.clear();
}

bool OperandStack::Push(absl::Span<const ValueType> types) {
  // A call takes two bytes and may push a thousand operands.
  if (types.size() > 2 && values_.size() + types.size() > max_height_) {
    return Fail("too many operands on the stack");
  }
  values_.insert(values_.end(), types.begin(), types.end());
  return true;
}

absl::Span<const ValueType> OperandStack::Top(size_t count) const {
  const size_t present = std::min(count, values_.size() - floor_);
  return absl::MakeConstSpan(values_).last(present);
}

bool OperandStack::Matches(absl::Span<const ValueType> expected) {
  const absl::Span<const ValueType> present = Top(expected.size());
  if (present.size() < expected.size() && !frames_.back().unreachable) {
    return false;
  }
  const absl::Span<const ValueType> wanted = expected.last(present.size());
  for (size_t i = 0; i < present.size(); ++i) {
    if (!context_.Matches(present[i], wanted[i])) return false;
  }
  return true;
}

bool OperandStack::Check(absl::Span<const ValueType> expected) {
  if (Matches(expected)) [[likely]] {
    return true;
  }
  return Fail(absl::StrCat("type mismatch: instruction requires ",
                           context_.TypeNames(expected), " but stack has ",
                           context_.TypeNames(Top(expected.size()))));
}

bool OperandStack::Pop(absl::Span<const ValueType> expected) {
  if (!Check(expected)) return false;
  values_.resize(values_.size() - Top(expected.size()).size());
  return true;
}

bool OperandStack::PopAny(ValueType& type) {
  type = ValueType();
  if (values_.size() > floor_) {
    type = values_.back();
    values_.pop_back();
    return true;
  }
  if (frames_.back().unreachable) return true;
  return Fail("type mismatch: instruction requires [any] but stack has []");
}

bool OperandStack::PeekReference(ValueType& type) {
  type = Peek();
  if (type.IsRef()) return true;
  if (type.IsBottom()) {
    type = ValueType::Ref(AbstractHeapType::kBottom, /*nullable=*/false);
    return true;
  }
  return Fail(
      absl::StrCat("type mismatch: instruction requires reference type but "
                   "stack has ",
                   context_.TypeName(type)));
}

bool OperandStack::PushFrame(ControlFrame frame) {
  frame.height = static_cast<uint32_t>(values_.size());
  frame.unreachable = false;
  floor_ = frame.height;
  frames_.push_back(frame);
  return Push(frame.Params());
}

bool OperandStack::CheckFrameEnd() {
  const absl::Span<const ValueType> results = frames_.back().Results();
  if (!Check(results)) return false;
  if (values_.size() - floor_ <= results.size()) return true;
  return Fail(absl::StrCat("type mismatch: block requires ",
                           context_.TypeNames(results), " but stack has ",
                           context_.TypeNames(Top(values_.size()))));
}

bool OperandStack::PopFrame() {
  const ControlFrame frame = frames_.back();
  frames_.pop_back();
  values_.resize(frame.height);
  floor_ = frames_.empty() ? 0 : frames_.back().height;
  return Push(frame.Results());
}

bool OperandStack::RestartFrame(Verb verb, absl::Span<const ValueType> types) {
  ControlFrame& frame = frames_.back();
  frame.verb = verb;
  frame.unreachable = false;
  values_.resize(frame.height);
  return Push(types);
}

void OperandStack::SetUnreachable() {
  values_.resize(floor_);
  frames_.back().unreachable = true;
}

}  // namespace wasijit::compiler
