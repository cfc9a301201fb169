#include "compiler/jit/function_cost.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/lowering/body_scan.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// Nanoseconds of parts of a function, measured on functions that consist of
// nothing else (test/bombs).
constexpr uint64_t kFunction = 30'000;
constexpr uint64_t kFree = 300;  // names a value
constexpr uint64_t kArithmetic = 3'000;
constexpr uint64_t kAccess = 8'000;
constexpr uint64_t kCheckedArithmetic = 40'000;
constexpr uint64_t kBlock = 12'000;
constexpr uint64_t kCase = 1'000;
constexpr uint64_t kCall = 30'000;
constexpr uint64_t kCheckedCall = 170'000;
constexpr uint64_t kCatchingCall = 60'000;
constexpr uint64_t kPassedValue = 9'000;
constexpr uint64_t kJoinedValue = 1'000;
constexpr uint64_t kOther = 40'000;

// Above this a function is not compiled at all.
constexpr uint64_t kMaxNanoseconds = 2'000'000'000;
// Open constructs take memory while they are lowered.
constexpr size_t kMaxNesting = 200'000;

// Above these it gets a cheaper pipeline. The pipelines take about 5 and 15
// times as long as the cheapest...
constexpr uint64_t kFullNanoseconds = 120'000'000;
constexpr uint64_t kQuickNanoseconds = 350'000'000;
// ...analyses of loops are worse than quadratic in the depth...
constexpr uint32_t kMaxLoopDepth = 40;
// ...and in what loops carry...
constexpr uint32_t kMaxLocalsWithLoops = 4'000;
// ...and scheduling is quadratic in the length of a block.
constexpr uint32_t kMaxStretch = 4'000;

class CostScan {
 public:
  CostScan(const Module& module, uint32_t function)
      : module_(module), function_(function) {}

  FunctionCost Run() {
    InstructionReader reader(module_, module_.functions[function_].body);
    const FuncType& type = module_.FunctionType(function_);
    uint64_t locals = type.params.size();
    for (const LocalGroup& group : reader.locals()) locals += group.count;
    cost_.locals = static_cast<uint32_t>(locals);
    cost_.nanoseconds =
        kFunction + locals * kFree +
        (type.params.size() + type.results.size()) * kPassedValue;
    constructs_.push_back({.arity = type.results.size()});
    while (reader.Next(instruction_)) {
      cost_.nanoseconds += InstructionCost();
    }
    // No more pairs of a construct and a local than these can matter.
    if (locals * construct_count_ > kFewPairs) {
      cost_.has_locals_in_memory =
          BodyScan(module_, function_).KeepsLocalsInMemory();
    }
    if (max_nesting_ > kMaxNesting) cost_.nanoseconds = kMaxNanoseconds + 1;
    return cost_;
  }

 private:
  static constexpr uint64_t kFewPairs = 50'000;

  struct Construct {
    bool is_loop = false;
    bool catches = false;
    // Values that a branch to its label takes.
    uint64_t arity = 0;
  };

  uint64_t InstructionCost();
  uint64_t ControlCost();
  uint64_t CallCost(const FuncType& type, uint64_t cost);
  uint64_t BranchTableCost();
  uint64_t OpeningCost();
  void Close();
  uint64_t ArityOf(uint32_t depth) const {
    return constructs_[constructs_.size() - 1 - depth].arity;
  }
  void EndStretch() { stretch_ = 0; }

  const Module& module_;
  const uint32_t function_;
  FunctionCost cost_;
  Instruction instruction_;
  std::vector<Construct> constructs_;
  std::vector<bool> seen_;
  uint64_t construct_count_ = 0;
  size_t max_nesting_ = 0;
  uint32_t open_loops_ = 0;
  uint32_t open_catches_ = 0;
  uint32_t stretch_ = 0;
};

// Whether it has a check that branches to a trap.
bool IsChecked(Verb verb, Shape shape) {
  if (IsVector(shape)) return false;
  return (verb >= Verb::kDivS && verb <= Verb::kRemU) ||
         verb == Verb::kTruncS || verb == Verb::kTruncU;
}

uint64_t CostScan::InstructionCost() {
  const Verb verb = instruction_.verb();
  if (verb <= Verb::kRethrow) return ControlCost();
  if (verb <= Verb::kLocalTee || verb == Verb::kConst) return kFree;
  cost_.longest_stretch = std::max(cost_.longest_stretch, ++stretch_);
  if (verb <= Verb::kGlobalSet) return kAccess;
  const ImmediateKind kind = instruction_.info().immediate;
  if (kind == ImmediateKind::kMemArg || kind == ImmediateKind::kMemArgLane) {
    return kAccess;
  }
  if (verb == Verb::kArrayNewFixed) {
    return kOther + instruction_.index2 * kPassedValue;
  }
  if (verb < Verb::kConst || verb >= Verb::kRefNull) return kOther;
  return IsChecked(verb, instruction_.info().shape) ? kCheckedArithmetic
                                                    : kArithmetic;
}

uint64_t CostScan::CallCost(const FuncType& type, uint64_t cost) {
  const size_t values = type.params.size() + type.results.size();
  // Most values travel through memory.
  stretch_ += static_cast<uint32_t>(values) + 1;
  cost_.longest_stretch = std::max(cost_.longest_stretch, stretch_);
  if (open_catches_ > 0) cost += kCatchingCall;
  return cost + values * kPassedValue;
}

uint64_t CostScan::ControlCost() {
  switch (instruction_.verb()) {
    case Verb::kNop:
    case Verb::kUnreachable:
      return kFree;
    case Verb::kEnd:
    case Verb::kDelegate:
      return Close(), kFree;
    case Verb::kElse:
    case Verb::kReturn:
      EndStretch();
      return kBlock;
    case Verb::kBr:
    case Verb::kBrIf:
      EndStretch();
      return kBlock + ArityOf(instruction_.index) * kJoinedValue;
    case Verb::kBrTable:
      return BranchTableCost();
    case Verb::kCall:
    case Verb::kReturnCall:
      return CallCost(module_.FunctionType(instruction_.index), kCall);
    case Verb::kCallIndirect:
    case Verb::kReturnCallIndirect:
    case Verb::kCallRef:
    case Verb::kReturnCallRef:
      EndStretch();
      return CallCost(module_.FuncTypeAt(instruction_.index), kCheckedCall);
    case Verb::kThrow:
      return CallCost(module_.TagParameters(instruction_.index), kOther);
    case Verb::kThrowRef:
    case Verb::kRethrow:
    case Verb::kCatch:
    case Verb::kCatchAll:
      return kOther;
    default:
      return OpeningCost();
  }
}

uint64_t CostScan::BranchTableCost() {
  EndStretch();
  uint64_t cost = kBlock + instruction_.labels.size() * kCase / 10;
  seen_.assign(constructs_.size(), false);
  for (const uint32_t label : instruction_.labels) {
    if (seen_[label]) continue;
    seen_[label] = true;
    cost += kBlock + kCase + ArityOf(label) * kJoinedValue;
  }
  return cost;
}

uint64_t CostScan::OpeningCost() {
  const Verb verb = instruction_.verb();
  uint64_t parameters = 0;
  uint64_t results = 0;
  if (instruction_.block.kind == BlockType::Kind::kValue) results = 1;
  if (instruction_.block.kind == BlockType::Kind::kTypeIndex) {
    const FuncType& type = module_.FuncTypeAt(instruction_.block.type_index);
    parameters = type.params.size();
    results = type.results.size();
  }
  const bool is_loop = verb == Verb::kLoop;
  const bool catches = verb == Verb::kTry || verb == Verb::kTryTable;
  constructs_.push_back({.is_loop = is_loop,
                         .catches = catches,
                         .arity = is_loop ? parameters : results});
  ++construct_count_;
  max_nesting_ = std::max(max_nesting_, constructs_.size());
  if (is_loop) {
    cost_.loop_depth = std::max(cost_.loop_depth, ++open_loops_);
  }
  if (catches) ++open_catches_;
  if (verb != Verb::kBlock) EndStretch();
  uint64_t cost = (parameters + results) * kJoinedValue;
  cost += verb == Verb::kBlock ? kFree : kBlock;
  if (catches) cost += kOther + instruction_.catches.size() * kOther;
  return cost;
}

void CostScan::Close() {
  if (constructs_.back().is_loop) --open_loops_;
  if (constructs_.back().catches) --open_catches_;
  constructs_.pop_back();
}

}  // namespace

FunctionCost CostOf(const Module& module, uint32_t function) {
  return CostScan(module, function).Run();
}

OptimizationLevel AffordableLevel(const FunctionCost& cost,
                                  OptimizationLevel level) {
  OptimizationLevel cap = OptimizationLevel::kFull;
  if (cost.nanoseconds > kFullNanoseconds) cap = OptimizationLevel::kQuick;
  if (cost.nanoseconds > kQuickNanoseconds || cost.has_locals_in_memory ||
      cost.loop_depth > kMaxLoopDepth || cost.longest_stretch > kMaxStretch ||
      (cost.loop_depth > 0 && cost.locals > kMaxLocalsWithLoops)) {
    cap = OptimizationLevel::kNone;
  }
  return std::min(level, cap);
}

absl::Status CheckAffordable(uint32_t function, const FunctionCost& cost) {
  if (cost.nanoseconds <= kMaxNanoseconds) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat(
      "function %d is too large: compiling it would take about %d seconds; "
      "--large-functions compiles it nevertheless",
      function, (cost.nanoseconds + 999'999'999) / 1'000'000'000));
}

}  // namespace wasijit::compiler
