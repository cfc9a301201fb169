// The operand stack and the control stack of the validation algorithm
// (specification, appendix A.3).
#ifndef WASIJIT_COMPILER_VALIDATION_OPERAND_STACK_H_
#define WASIJIT_COMPILER_VALIDATION_OPERAND_STACK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "compiler/syntax/verb.h"
#include "compiler/validation/module_context.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// One entry of the control stack. Memory matters: a body may open a block every
// two bytes.
struct ControlFrame {
  // The instruction that opened it, or kElse, kCatch, kCatchAll after it; a
  // function body is a kBlock.
  Verb verb;
  // Whether the current position cannot be reached, so that operands below
  // `height` may be of any number and type.
  bool unreachable;
  // The type is `func`, or without parameters and with `result` (none if
  // bottom).
  ValueType result;
  const FuncType* func;
  // Size of the operand stack at the start, parameters not counted.
  uint32_t height;
  // Length of the record of initialised locals at the start.
  uint32_t initialized;

  absl::Span<const ValueType> Params() const {
    if (func == nullptr) return {};
    return func->params;
  }
  absl::Span<const ValueType> Results() const {
    if (func != nullptr) return func->results;
    return absl::MakeConstSpan(&result, result.IsBottom() ? 0 : 1);
  }
  // What a branch to the frame takes along.
  absl::Span<const ValueType> LabelTypes() const {
    return verb == Verb::kLoop ? Params() : Results();
  }
};

// Operations return whether they succeed. After a failure, error() says why,
// starting with the reference interpreter's message, and the stack is not to
// be used until the next Reset(). Types are canonical.
class OperandStack {
 public:
  explicit OperandStack(const ModuleContext& context) : context_(context) {}

  // Empties both stacks. More than `max_height` operands are an error.
  void Reset(size_t max_height);

  const std::string& error() const { return error_; }
  // Returns false.
  bool Fail(std::string message) {
    error_ = std::move(message);
    return false;
  }

  void Push(ValueType type) { values_.push_back(type); }
  // Fails only if the stack is full.
  [[nodiscard]] bool Push(absl::Span<const ValueType> types);

  [[nodiscard]] bool Pop(ValueType expected) {
    if (values_.size() > floor_ && values_.back() == expected) [[likely]] {
      values_.pop_back();
      return true;
    }
    return Pop(absl::MakeConstSpan(&expected, 1));
  }
  // Two at once, which most instructions take.
  [[nodiscard]] bool Pop(ValueType first, ValueType second) {
    const size_t size = values_.size();
    if (size >= floor_ + 2 && values_[size - 2] == first &&
        values_[size - 1] == second) [[likely]] {
      values_.pop_back();
      values_.pop_back();
      return true;
    }
    const ValueType expected[] = {first, second};
    return Pop(absl::MakeConstSpan(expected));
  }
  [[nodiscard]] bool Pop(absl::Span<const ValueType> expected);
  // Checks, as Pop() does, and leaves the stack as it is.
  [[nodiscard]] bool Check(absl::Span<const ValueType> expected);
  // Whatever the top is; bottom if it is unknown.
  [[nodiscard]] bool PopAny(ValueType& type);

  // Whether the top frame has no operands.
  bool IsEmpty() const { return values_.size() == floor_; }

  // The operand `depth` below the top without popping it; bottom if unknown or
  // absent.
  ValueType Peek(size_t depth = 0) const {
    return values_.size() - floor_ > depth ? values_[values_.size() - 1 - depth]
                                           : ValueType();
  }
  // The same; fails if it is neither a reference nor bottom.
  [[nodiscard]] bool PeekReference(ValueType& type);

  bool HasFrames() const { return !frames_.empty(); }
  size_t frame_count() const { return frames_.size(); }
  // REQUIRES: HasFrames().
  ControlFrame& top() { return frames_.back(); }
  // The frame that a label refers to. REQUIRES: label < frame_count().
  const ControlFrame& FrameAt(uint32_t label) const {
    return frames_[frames_.size() - 1 - label];
  }

  // Pushes a frame and its parameters, which must have been popped.
  [[nodiscard]] bool PushFrame(ControlFrame frame);
  // Checks that the results of the top frame, and nothing else, are there.
  [[nodiscard]] bool CheckFrameEnd();
  // Removes the frame and its operands, and pushes its results.
  [[nodiscard]] bool PopFrame();
  // Begins another part of the frame (else, catch) with these operands.
  [[nodiscard]] bool RestartFrame(Verb verb, absl::Span<const ValueType> types);
  // After an instruction that does not return.
  void SetUnreachable();

 private:
  // The `count` operands that are looked at, for messages.
  absl::Span<const ValueType> Top(size_t count) const;
  // Whether the operands match as far as there are any.
  bool Matches(absl::Span<const ValueType> expected);

  const ModuleContext& context_;
  std::vector<ValueType> values_;
  std::vector<ControlFrame> frames_;
  // Height of the top frame.
  size_t floor_ = 0;
  size_t max_height_ = 0;
  std::string error_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_OPERAND_STACK_H_
