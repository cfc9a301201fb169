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
#include "compiler/lowering/body_lowering.h"
#include "compiler/lowering/call.h"
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

void BodyLowering::Lower() {
  Begin();
  LowerRest(InstructionReader(module_, body_));
  KeepTraps(*b_.function(), b_.memory_loads(), scan_.KeepsLocalsInMemory());
}

LocalVariables::Region* BodyLowering::BeginRegions() {
  b_.SetInsertPoint(b_.NewBlock("entry"));
  if (scan_.KeepsLocalsInMemory()) locals_.KeepInMemory(b_);
  return locals_.NewEntry();
}

void BodyLowering::Begin() {
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

void BodyLowering::LowerRest(InstructionReader reader) {
  while (reader.Next(instruction_)) LowerNext();
}

void BodyLowering::LowerNext() {
  if (!control_.IsReachable()) {
    SkipUnreachable();
    return;
  }
  b_.SetBytecodeOffset(instruction_.offset);
  LowerInstruction();
}

std::vector<llvm::Type*> BodyLowering::LlvmTypes(
    const std::vector<ValueType>& types) {
  std::vector<llvm::Type*> result;
  result.reserve(types.size());
  for (ValueType type : types) {
    result.push_back(b_.TypeOf(type));
  }
  return result;
}

void BodyLowering::SkipUnreachable() {
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

void BodyLowering::LowerInstruction() {
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

void BodyLowering::LowerMonomorphic(const InstructionInfo& info) {
  const Values operands = PopMany(info.signature.operand_count);
  if (info.verb == Verb::kConst) {
    Push(LowerConstant(b_, instruction_));
  } else if (IsAtomic(info.verb)) {
    if (auto* value = LowerAtomic(b_, instruction_, operands)) Push(value);
  } else if (info.immediate == ImmediateKind::kMemArg ||
             info.immediate == ImmediateKind::kMemArgLane) {
    LowerMemoryAccess(info, operands);
  } else if (const auto results = LowerBulkMemory(b_, instruction_, operands)) {
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

void BodyLowering::LowerMemoryAccess(const InstructionInfo& info,
                                     const Values& operands) {
  const MemArg& memarg = instruction_.memarg;
  if (llvm::Value* loaded =
          operands.size() == 1
              ? LowerLoad(b_, info.verb, info.shape, memarg, operands[0])
              : nullptr) {
    Push(loaded);
    return;
  }
  if (operands.size() == 2 &&
      LowerStore(b_, info.verb, info.shape, memarg, operands[0], operands[1])) {
    return;
  }
  llvm::Value* result = LowerVectorMemory(b_, instruction_, operands);
  if (info.signature.result_count == 1) Push(result);
}

bool BodyLowering::LowerControl() {
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

void BodyLowering::LowerBlock() {
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
      const FuncType& type = module_.FuncTypeAt(instruction_.block.type_index);
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
    control_.EnterIf(condition, std::move(results), parameters, range, height);
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

Values BodyLowering::TakeConstructResults() {
  const size_t height = control_.height();
  Values results;
  if (control_.IsReachable()) {
    results.assign(stack_.begin() + static_cast<ptrdiff_t>(height),
                   stack_.end());
  }
  stack_.resize(height);
  return results;
}

void BodyLowering::LowerElse() {
  const Values results = TakeConstructResults();
  PushMany(control_.EnterElse(results));
}

void BodyLowering::LowerCatch() {
  const Values results = TakeConstructResults();
  PushMany(control_.EnterCatch(instruction_.verb() == Verb::kCatch
                                   ? std::optional(instruction_.index)
                                   : std::nullopt,
                               results));
}

void BodyLowering::LowerEnd() {
  const Values results = TakeConstructResults();
  const bool ends_function = control_.depth() == 1;
  PushMany(instruction_.verb() == Verb::kDelegate
               ? control_.EndInDelegate(instruction_.index, results)
               : control_.End(results));
  if (ends_function && control_.IsReachable()) Return();
}

void BodyLowering::Return() {
  ReturnResults(b_, function_,
                TopMany(module_.FunctionType(function_).results.size()));
  control_.SetUnreachable();
}

bool BodyLowering::LowerCallInstruction() {
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
        return LowerCallReference(b_, instruction_.index, reference, arguments);
      });
      return true;
    }
    default:
      return false;
  }
}

void BodyLowering::CatchFromCall(absl::FunctionRef<Values()> lower) {
  b_.SetUnwindTarget(control_.UnwindTarget());
  const Values results = lower();
  control_.AddUnwindEdge(b_.TakeUnwindingBlock());
  PushMany(results);
}

bool BodyLowering::LowerTailCall() {
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

bool BodyLowering::LowerVariable() {
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

void BodyLowering::LowerReference() {
  if (LowerBranchOnReference()) return;
  const Values operands = PopMany(ReferenceOperandCount(module_, instruction_));
  PushMany(LowerReferenceInstruction(b_, instruction_, operands));
}

bool BodyLowering::LowerBranchOnReference() {
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

llvm::Value* BodyLowering::LowerPoppedDescriptorTest() {
  llvm::Value* descriptor = Pop();
  return LowerDescriptorTest(b_, instruction_.type2, stack_.back(), descriptor);
}

void BodyLowering::BranchIf(llvm::Value* condition) {
  control_.BranchIf(b_.CreateZExt(condition, b_.getInt32Ty()),
                    instruction_.index,
                    TopMany(control_.LabelArity(instruction_.index)));
}

void LowerBody(ModuleLowering& lowering, uint32_t function,
               llvm::Function* target) {
  BodyLowering(lowering, function, target).Lower();
}

}  // namespace wasijit::compiler
