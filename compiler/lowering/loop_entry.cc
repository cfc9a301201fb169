// The part of ControlStack for code that begins at the head of a loop.
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
#include "compiler/lowering/call.h"
#include "compiler/lowering/control.h"
#include "compiler/lowering/local_variables.h"

namespace wasijit::compiler {

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
