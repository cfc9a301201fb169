#include "compiler/lowering/function_lowering.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/lowering/atomic.h"
#include "compiler/lowering/body_scan.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/canonical_nan.h"
#include "compiler/lowering/cast.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/constant.h"
#include "compiler/lowering/control.h"
#include "compiler/lowering/conversion.h"
#include "compiler/lowering/counter.h"
#include "compiler/lowering/exception.h"
#include "compiler/lowering/kept_traps.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/lowering/memory.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/lowering/numeric.h"
#include "compiler/lowering/reference.h"
#include "compiler/lowering/table.h"
#include "compiler/lowering/variable.h"
#include "compiler/lowering/vector.h"
#include "compiler/lowering/wide_arithmetic.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/trap.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// Loops deeper in others are not left: the better code would have as many
// copies of what follows.
constexpr size_t kMaxReplacedDepth = 8;

class FunctionLowering {
 public:
  // The head of a reachable loop, without any code: what is open around it and
  // the types of what is on the stack.
  struct LoopHead {
    Instruction instruction;
    // Of what follows.
    InstructionReader reader;
    std::vector<ControlStack::OpenConstruct> constructs;
    std::vector<llvm::Type*> stack;
  };

  FunctionLowering(ModuleLowering& lowering, uint32_t function,
                   llvm::Function* target)
      : module_(lowering.input().module),
        function_(function),
        body_(module_.functions[function].body),
        scan_(module_, function),
        b_(lowering, target, body_.offset),
        locals_(LlvmTypes(scan_.locals()), scan_.assignments()),
        control_(b_, locals_) {}

  void Lower() {
    Begin();
    LowerRest(InstructionReader(module_, body_));
    KeepTraps(*b_.function(), b_.memory_loads(), scan_.KeepsLocalsInMemory());
  }

  // The heads of the loop at an offset and of the loops around it, outermost
  // first. Lowers everything before it on the way.
  std::vector<LoopHead> FindLoop(uint32_t loop) {
    Begin();
    std::vector<LoopHead> heads;
    InstructionReader reader(module_, body_);
    while (reader.Next(instruction_)) {
      if (instruction_.verb() == Verb::kLoop && control_.IsReachable() &&
          scan_.ConstructAt(instruction_.offset).end > loop) {
        heads.push_back(
            {instruction_, reader, control_.Open(), TypesOf(stack_)});
      }
      if (instruction_.offset >= loop) break;
      LowerNext();
    }
    return heads;
  }

  // Lowers what can follow the head of the last of the loops. Branches to the
  // heads of others lead to copies of these, so that each of them is entered
  // at its head only, as optimisations of loops want it.
  void LowerFrom(absl::Span<const LoopHead> heads) {
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

 private:
  LocalVariables::Region* BeginRegions() {
    b_.SetInsertPoint(b_.NewBlock("entry"));
    if (scan_.KeepsLocalsInMemory()) locals_.KeepInMemory(b_);
    return locals_.NewEntry();
  }

  // Makes the entry block and gives every local its first value.
  void Begin() {
    LocalVariables::Region* entry = BeginRegions();
    const Values arguments = ReceiveArguments(b_, function_);
    for (uint32_t i = 0; i < scan_.locals().size(); ++i) {
      locals_.Set(entry, i,
                  i < arguments.size() ? arguments[i]
                                       : llvm::Constant::getNullValue(
                                             b_.TypeOf(scan_.locals()[i])));
    }
    LowerCallCount(b_, function_);
    control_.EnterFunction(entry,
                           LlvmTypes(module_.FunctionType(function_).results),
                           {body_.offset, body_.offset + body_.size});
  }

  void LowerRest(InstructionReader reader) {
    while (reader.Next(instruction_)) LowerNext();
  }

  void LowerLoopAndRest(const LoopHead& head) {
    instruction_ = head.instruction;
    LowerNext();
    LowerRest(head.reader);
  }

  void LowerNext() {
    if (!control_.IsReachable()) {
      SkipUnreachable();
      return;
    }
    b_.SetBytecodeOffset(instruction_.offset);
    LowerInstruction();
  }

  // Gives every local that may be read its value; returns the stack and the
  // caught exceptions. The counterpart of LoopState.
  Values EnterWithState(LocalVariables::Region* entry,
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

  // At the head of the innermost loop: counts, and leaves for better code with
  // all that it needs.
  void CountIteration() {
    const std::vector<uint32_t> locals =
        LocalsReadFrom(control_.OutermostLoop());
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

  std::vector<uint32_t> LocalsReadFrom(uint32_t bytecode_offset) const {
    std::vector<uint32_t> locals;
    for (uint32_t i = 0; i < scan_.locals().size(); ++i) {
      if (scan_.IsReadFrom(i, bytecode_offset)) locals.push_back(i);
    }
    return locals;
  }

  static std::vector<llvm::Type*> TypesOf(const Values& values) {
    std::vector<llvm::Type*> types;
    for (const llvm::Value* value : values) types.push_back(value->getType());
    return types;
  }

  std::vector<llvm::Type*> LlvmTypes(const std::vector<ValueType>& types) {
    std::vector<llvm::Type*> result;
    result.reserve(types.size());
    for (ValueType type : types) {
      result.push_back(b_.TypeOf(type));
    }
    return result;
  }

  llvm::Value* Pop() {
    llvm::Value* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  Values PopMany(size_t count) {
    Values values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }
  void Push(llvm::Value* value) { stack_.push_back(value); }
  void PushNumeric(llvm::Value* value) {
    Push(WithCanonicalNans(b_, instruction_.info(), value));
  }
  void PushMany(const Values& values) {
    stack_.insert(stack_.end(), values.begin(), values.end());
  }
  Values TopMany(size_t count) const {
    return Values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
  }

  // Constructs opened in unreachable code are unreachable themselves.
  void SkipUnreachable() {
    switch (instruction_.verb()) {
      case Verb::kBlock:
      case Verb::kLoop:
      case Verb::kIf:
      case Verb::kTry:
      case Verb::kTryTable:
        ++unreachable_constructs_;
        break;
      case Verb::kElse:
        if (unreachable_constructs_ == 0) LowerElse();
        break;
      case Verb::kCatch:
      case Verb::kCatchAll:
        if (unreachable_constructs_ == 0) LowerCatch();
        break;
      case Verb::kEnd:
      case Verb::kDelegate:
        if (unreachable_constructs_ == 0) {
          LowerEnd();
        } else {
          --unreachable_constructs_;
        }
        break;
      default:
        break;
    }
  }

  void LowerInstruction() {
    const InstructionInfo& info = instruction_.info();
    if (info.verb >= Verb::kRefNull) {
      LowerReference();
    } else if (info.signature.monomorphic) {
      LowerMonomorphic(info);
    } else if (!LowerControl() && !LowerVariable()) {
      const Values operands = PopMany(TableOperandCount(info.verb));
      PushMany(LowerTableInstruction(b_, instruction_, operands));
    }
  }

  // Instructions whose operands and results the table tells.
  void LowerMonomorphic(const InstructionInfo& info) {
    const Values operands = PopMany(info.signature.operand_count);
    if (info.verb == Verb::kConst) {
      Push(LowerConstant(b_, instruction_));
    } else if (IsAtomic(info.verb)) {
      if (auto* value = LowerAtomic(b_, instruction_, operands)) Push(value);
    } else if (info.immediate == ImmediateKind::kMemArg ||
               info.immediate == ImmediateKind::kMemArgLane) {
      LowerMemoryAccess(info, operands);
    } else if (const auto results =
                   LowerBulkMemory(b_, instruction_, operands)) {
      PushMany(*results);
    } else if (IsVector(info.shape) || info.signature.operands[0] == 'v') {
      PushNumeric(LowerVector(b_, instruction_, operands));
    } else if (info.signature.result_count == 2) {
      PushMany(LowerWideArithmetic(b_, info.verb, operands));
    } else if (llvm::Value* result =
                   LowerNumeric(b_, info.verb, info.shape, operands)) {
      PushNumeric(result);
    } else if (operands.size() == 1) {
      PushNumeric(LowerConversion(b_, info.verb, info.shape, operands[0]));
    } else {
      assert(info.verb == Verb::kNop && "all others are handled before");
    }
  }

  void LowerMemoryAccess(const InstructionInfo& info, const Values& operands) {
    const MemArg& memarg = instruction_.memarg;
    if (llvm::Value* loaded =
            operands.size() == 1
                ? LowerLoad(b_, info.verb, info.shape, memarg, operands[0])
                : nullptr) {
      Push(loaded);
      return;
    }
    if (operands.size() == 2 && LowerStore(b_, info.verb, info.shape, memarg,
                                           operands[0], operands[1])) {
      return;
    }
    llvm::Value* result = LowerVectorMemory(b_, instruction_, operands);
    if (info.signature.result_count == 1) Push(result);
  }

  bool LowerControl() {
    switch (instruction_.verb()) {
      case Verb::kUnreachable:
        b_.Trap(TrapKind::kUnreachable);
        control_.SetUnreachable();
        return true;
      case Verb::kBlock:
      case Verb::kLoop:
      case Verb::kIf:
      case Verb::kTry:
      case Verb::kTryTable:
        LowerBlock();
        return true;
      case Verb::kElse:
        LowerElse();
        return true;
      case Verb::kCatch:
      case Verb::kCatchAll:
        LowerCatch();
        return true;
      case Verb::kEnd:
      case Verb::kDelegate:
        LowerEnd();
        return true;
      case Verb::kThrow: {
        const Values payload =
            PopMany(module_.TagParameters(instruction_.index).params.size());
        control_.Throw(LowerNewException(b_, instruction_.index, payload));
        return true;
      }
      case Verb::kThrowRef:
        b_.TrapIf(b_.CreateIsNull(stack_.back()),
                  TrapKind::kNullExceptionReference);
        control_.Throw(Pop());
        return true;
      case Verb::kRethrow:
        control_.Rethrow(instruction_.index);
        return true;
      case Verb::kBr:
        control_.Branch(instruction_.index,
                        TopMany(control_.LabelArity(instruction_.index)));
        return true;
      case Verb::kBrIf: {
        llvm::Value* condition = Pop();
        control_.BranchIf(condition, instruction_.index,
                          TopMany(control_.LabelArity(instruction_.index)));
        return true;
      }
      case Verb::kBrTable: {
        llvm::Value* index = Pop();
        control_.BranchTable(
            index, instruction_.labels,
            TopMany(control_.LabelArity(instruction_.labels.back())));
        return true;
      }
      case Verb::kReturn:
        Return();
        return true;
      default:
        return LowerCallInstruction() || LowerTailCall();
    }
  }

  void LowerBlock() {
    llvm::Value* condition = instruction_.verb() == Verb::kIf ? Pop() : nullptr;
    std::vector<llvm::Type*> results;
    size_t parameter_count = 0;
    switch (instruction_.block.kind) {
      case BlockType::Kind::kEmpty:
        break;
      case BlockType::Kind::kValue:
        results = LlvmTypes({instruction_.block.value});
        break;
      case BlockType::Kind::kTypeIndex: {
        const FuncType& type =
            module_.FuncTypeAt(instruction_.block.type_index);
        results = LlvmTypes(type.results);
        parameter_count = type.params.size();
        break;
      }
    }
    const BytecodeRange range = scan_.ConstructAt(instruction_.offset);
    Values parameters = PopMany(parameter_count);
    const size_t height = stack_.size();
    if (instruction_.verb() == Verb::kLoop) {
      control_.EnterLoop(parameters, range, height);
      PushMany(parameters);
      if (b_.lowering().input().options.counts) CountIteration();
      return;
    } else if (instruction_.verb() == Verb::kIf) {
      control_.EnterIf(condition, std::move(results), parameters, range,
                       height);
    } else if (instruction_.verb() == Verb::kTryTable) {
      control_.EnterTryTable(std::move(results), range, height,
                             instruction_.catches);
    } else if (instruction_.verb() == Verb::kTry) {
      control_.EnterTry(std::move(results), range, height);
    } else {
      control_.EnterBlock(std::move(results), range, height);
    }
    PushMany(parameters);
  }

  // What the innermost construct's last instruction leaves; empties the stack
  // down to the construct.
  Values TakeConstructResults() {
    const size_t height = control_.height();
    Values results;
    if (control_.IsReachable()) {
      results.assign(stack_.begin() + static_cast<ptrdiff_t>(height),
                     stack_.end());
    }
    stack_.resize(height);
    return results;
  }

  void LowerElse() {
    const Values results = TakeConstructResults();
    PushMany(control_.EnterElse(results));
  }

  void LowerCatch() {
    const Values results = TakeConstructResults();
    PushMany(control_.EnterCatch(instruction_.verb() == Verb::kCatch
                                     ? std::optional(instruction_.index)
                                     : std::nullopt,
                                 results));
  }

  void LowerEnd() {
    const Values results = TakeConstructResults();
    const bool ends_function = control_.depth() == 1;
    PushMany(instruction_.verb() == Verb::kDelegate
                 ? control_.EndInDelegate(instruction_.index, results)
                 : control_.End(results));
    if (ends_function && control_.IsReachable()) Return();
  }

  void Return() {
    ReturnResults(b_, function_,
                  TopMany(module_.FunctionType(function_).results.size()));
    control_.SetUnreachable();
  }

  bool LowerCallInstruction() {
    switch (instruction_.verb()) {
      case Verb::kCall: {
        const Values arguments =
            PopMany(module_.FunctionType(instruction_.index).params.size());
        CatchFromCall(
            [&] { return LowerCall(b_, instruction_.index, arguments); });
        return true;
      }
      case Verb::kCallIndirect: {
        llvm::Value* index = Pop();
        const Values arguments =
            PopMany(module_.FuncTypeAt(instruction_.index).params.size());
        CatchFromCall([&] {
          return LowerCallIndirect(b_, instruction_.index, instruction_.index2,
                                   index, arguments);
        });
        return true;
      }
      case Verb::kCallRef: {
        llvm::Value* reference = Pop();
        const Values arguments =
            PopMany(module_.FuncTypeAt(instruction_.index).params.size());
        CatchFromCall([&] {
          return LowerCallReference(b_, instruction_.index, reference,
                                    arguments);
        });
        return true;
      }
      default:
        return false;
    }
  }

  // Lowers a call and pushes its results; its exceptions go to the innermost
  // try.
  void CatchFromCall(absl::FunctionRef<Values()> lower) {
    b_.SetUnwindTarget(control_.UnwindTarget());
    const Values results = lower();
    control_.AddUnwindEdge(b_.TakeUnwindingBlock());
    PushMany(results);
  }

  bool LowerTailCall() {
    switch (instruction_.verb()) {
      case Verb::kReturnCall:
        LowerReturnCall(
            b_, instruction_.index,
            PopMany(module_.FunctionType(instruction_.index).params.size()));
        break;
      case Verb::kReturnCallIndirect: {
        llvm::Value* index = Pop();
        LowerReturnCallIndirect(
            b_, instruction_.index, instruction_.index2, index,
            PopMany(module_.FuncTypeAt(instruction_.index).params.size()));
        break;
      }
      case Verb::kReturnCallRef: {
        llvm::Value* reference = Pop();
        LowerReturnCallReference(
            b_, instruction_.index, reference,
            PopMany(module_.FuncTypeAt(instruction_.index).params.size()));
        break;
      }
      default:
        return false;
    }
    control_.SetUnreachable();
    return true;
  }

  bool LowerVariable() {
    const uint32_t index = instruction_.index;
    switch (instruction_.verb()) {
      case Verb::kDrop:
        Pop();
        return true;
      case Verb::kSelect: {
        llvm::Value* condition = b_.IsTrue(Pop());
        llvm::Value* otherwise = Pop();
        llvm::Value* then = Pop();
        Push(b_.CreateSelect(condition, then, otherwise));
        return true;
      }
      case Verb::kLocalGet:
        Push(locals_.Get(control_.region(), index));
        return true;
      case Verb::kLocalSet:
        locals_.Set(control_.region(), index, Pop());
        return true;
      case Verb::kLocalTee:
        locals_.Set(control_.region(), index, stack_.back());
        return true;
      case Verb::kGlobalGet:
        Push(LowerGlobalGet(b_, index));
        return true;
      case Verb::kGlobalSet:
        LowerGlobalSet(b_, index, Pop());
        return true;
      default:
        return false;
    }
  }

  void LowerReference() {
    if (LowerBranchOnReference()) return;
    const Values operands =
        PopMany(ReferenceOperandCount(module_, instruction_));
    PushMany(LowerReferenceInstruction(b_, instruction_, operands));
  }

  bool LowerBranchOnReference() {
    llvm::Value* condition;
    switch (instruction_.verb()) {
      case Verb::kBrOnNull: {
        llvm::Value* reference = Pop();
        BranchIf(b_.CreateIsNull(reference));
        Push(reference);
        return true;
      }
      case Verb::kBrOnNonNull:
        BranchIf(b_.CreateIsNotNull(stack_.back()));
        Pop();
        return true;
      case Verb::kBrOnCast:
        condition = LowerTypeTest(b_, instruction_.type2, stack_.back());
        break;
      case Verb::kBrOnCastFail:
        condition =
            b_.CreateNot(LowerTypeTest(b_, instruction_.type2, stack_.back()));
        break;
      case Verb::kBrOnCastDescEq:
        condition = LowerPoppedDescriptorTest();
        break;
      case Verb::kBrOnCastDescEqFail:
        condition = b_.CreateNot(LowerPoppedDescriptorTest());
        break;
      default:
        return false;
    }
    BranchIf(condition);
    return true;
  }

  // Leaves the reference on the stack.
  llvm::Value* LowerPoppedDescriptorTest() {
    llvm::Value* descriptor = Pop();
    return LowerDescriptorTest(b_, instruction_.type2, stack_.back(),
                               descriptor);
  }

  // To the label of the instruction, with what is on the stack.
  void BranchIf(llvm::Value* condition) {
    control_.BranchIf(b_.CreateZExt(condition, b_.getInt32Ty()),
                      instruction_.index,
                      TopMany(control_.LabelArity(instruction_.index)));
  }

  const Module& module_;
  const uint32_t function_;
  const ByteRange body_;
  const BodyScan scan_;
  CodeBuilder b_;
  LocalVariables locals_;
  ControlStack control_;
  Values stack_;
  Instruction instruction_;
  // Constructs opened since the code became unreachable.
  uint32_t unreachable_constructs_ = 0;
};

}  // namespace

void LowerBody(ModuleLowering& lowering, uint32_t function,
               llvm::Function* target) {
  FunctionLowering(lowering, function, target).Lower();
}

void LowerBodyFrom(ModuleLowering& lowering, uint32_t function, uint32_t loop,
                   llvm::Function* draft, llvm::Function* target) {
  const auto heads = FunctionLowering(lowering, function, draft).FindLoop(loop);
  FunctionLowering(lowering, function, target).LowerFrom(heads);
}

}  // namespace wasijit::compiler
