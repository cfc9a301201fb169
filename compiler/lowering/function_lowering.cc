#include "compiler/lowering/function_lowering.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
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
#include "llvm/IR/Value.h"
#include "runtime/abi/trap.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& lowering, uint32_t function,
                   llvm::Function* target)
      : module_(lowering.input().module),
        function_(function),
        body_(module_.functions[function].body),
        scan_(module_, function),
        b_(lowering, target, body_.offset),
        locals_(LlvmTypes(scan_.locals()), scan_.assignments()),
        control_(b_, locals_, Begin()) {}

  void Lower() {
    control_.EnterFunction(LlvmTypes(module_.FunctionType(function_).results),
                           {body_.offset, body_.offset + body_.size});
    InstructionReader reader(module_, body_);
    while (reader.Next(instruction_)) {
      if (!control_.IsReachable()) {
        SkipUnreachable();
        continue;
      }
      b_.SetBytecodeOffset(instruction_.offset);
      LowerInstruction();
    }
    KeepTraps(*b_.function(), b_.memory_loads());
  }

 private:
  // Makes the entry block and gives every local its first value.
  LocalVariables::Region* Begin() {
    b_.SetInsertPoint(b_.NewBlock("entry"));
    LocalVariables::Region* entry = locals_.NewEntry();
    const Values arguments = ReceiveArguments(b_, function_);
    for (uint32_t i = 0; i < scan_.locals().size(); ++i) {
      locals_.Set(entry, i,
                  i < arguments.size() ? arguments[i]
                                       : llvm::Constant::getNullValue(
                                             b_.TypeOf(scan_.locals()[i])));
    }
    LowerCount(b_, function_, kEntryWeight);
    return entry;
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
      LowerTableOrCopy();
    }
  }

  // Instructions whose operands and results the table tells.
  void LowerMonomorphic(const InstructionInfo& info) {
    const Values operands = PopMany(info.signature.operand_count);
    if (info.verb == Verb::kConst) {
      Push(LowerConstant(b_, instruction_));
    } else if (IsAtomic(info.verb)) {
      llvm::Value* result = LowerAtomic(b_, instruction_, operands);
      if (result != nullptr) Push(result);
    } else if (info.immediate == ImmediateKind::kMemArg ||
               info.immediate == ImmediateKind::kMemArgLane) {
      LowerMemoryAccess(info, operands);
    } else if (LowerBulk(info, operands)) {
      return;
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

  bool LowerBulk(const InstructionInfo& info, const Values& x) {
    const uint32_t index = instruction_.index;
    const uint32_t index2 = instruction_.index2;
    switch (info.verb) {
      case Verb::kMemorySize:
        Push(LowerMemorySize(b_, index));
        return true;
      case Verb::kMemoryGrow:
        Push(LowerMemoryGrow(b_, index, x[0]));
        return true;
      case Verb::kMemoryFill:
        LowerMemoryFill(b_, index, x[0], x[1], x[2]);
        return true;
      case Verb::kMemoryInit:
        LowerMemoryInit(b_, index2, index, x[0], x[1], x[2]);
        return true;
      case Verb::kDataDrop:
        LowerDataDrop(b_, index);
        return true;
      case Verb::kElemDrop:
        LowerElementDrop(b_, index);
        return true;
      default:
        return false;
    }
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
      LowerCount(b_, function_, kIterationWeight);
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

  void LowerTableOrCopy() {
    const uint32_t index = instruction_.index;
    const uint32_t index2 = instruction_.index2;
    switch (instruction_.verb()) {
      case Verb::kTableGet:
        Push(LowerTableGet(b_, index, Pop()));
        return;
      case Verb::kTableSet: {
        const Values x = PopMany(2);
        LowerTableSet(b_, index, x[0], x[1]);
        return;
      }
      case Verb::kTableSize:
        Push(LowerTableSize(b_, index));
        return;
      case Verb::kTableGrow: {
        const Values x = PopMany(2);
        Push(LowerTableGrow(b_, index, x[0], x[1]));
        return;
      }
      case Verb::kTableFill: {
        const Values x = PopMany(3);
        LowerTableFill(b_, index, x[0], x[1], x[2]);
        return;
      }
      case Verb::kTableCopy: {
        const Values x = PopMany(3);
        LowerTableCopy(b_, index, index2, x[0], x[1], x[2]);
        return;
      }
      case Verb::kTableInit: {
        const Values x = PopMany(3);
        LowerTableInit(b_, index2, index, x[0], x[1], x[2]);
        return;
      }
      case Verb::kMemoryCopy: {
        const Values x = PopMany(3);
        LowerMemoryCopy(b_, index, index2, x[0], x[1], x[2]);
        return;
      }
      default:
        assert(false && "all others are handled before");
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

}  // namespace wasijit::compiler
