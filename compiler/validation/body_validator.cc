#include "compiler/validation/body_validator.h"

#include <array>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// Operands beyond one for every byte of the body: room for some calls with many
// results.
constexpr size_t kExtraOperands = 100'000;

// A row's signature as types. An address type is bottom.
struct OperandTypes {
  std::array<ValueType, 4> operands;
  std::array<ValueType, 2> results;
  bool has_address = false;
};

constexpr ValueType TypeOf(char letter) {
  switch (letter) {
    case 'i':
      return ValueType::I32();
    case 'l':
      return ValueType::I64();
    case 'f':
      return ValueType::F32();
    case 'd':
      return ValueType::F64();
    case 'v':
      return ValueType::V128();
    case 'e':
      return ValueType::Ref(AbstractHeapType::kEq, /*nullable=*/true);
    case 'g':
      return ValueType::Ref(AbstractHeapType::kI31, /*nullable=*/true);
    case 'G':
      return ValueType::Ref(AbstractHeapType::kI31, /*nullable=*/false);
    case 'y':
      return ValueType::Ref(AbstractHeapType::kArray, /*nullable=*/true);
    default:
      return ValueType();
  }
}

constexpr auto kOperandTypes = [] {
  std::array<OperandTypes, kInstructionCount> all;
  for (size_t row = 0; row < kInstructionCount; ++row) {
    const Signature& signature = kInstructions[row].signature;
    OperandTypes& types = all[row];
    for (size_t i = 0; i < signature.operand_count; ++i) {
      types.operands[i] = TypeOf(signature.operands[i]);
      types.has_address |= types.operands[i].IsBottom();
    }
    for (size_t i = 0; i < signature.result_count; ++i) {
      types.results[i] = TypeOf(signature.results[i]);
      types.has_address |= types.results[i].IsBottom();
    }
  }
  return all;
}();

}  // namespace

absl::Status BodyValidator::ValidateFunction(uint32_t function) {
  const ByteRange body = context_.module.functions[function].body;
  const FuncType& type = *context_.functions[function].type;
  function_ = function;
  // Up to the end of the module, so that errors are the reference
  // interpreter's; that the body ends where it says is checked after.
  reader_ = ByteReader(
      absl::MakeConstSpan(*context_.module.bytes).subspan(body.offset),
      body.offset);
  end_ = body.offset + body.size;
  results_ = type.results;
  stack_.Reset(body.size + kExtraOperands);
  RETURN_IF_ERROR(ResetLocals(type));
  return Run();
}

absl::Status BodyValidator::ValidateConstExpr(ConstExpr expression,
                                              ValueType type) {
  function_.reset();
  reader_ =
      ByteReader(context_.module.Bytes(expression), expression.bytes.offset);
  end_ = expression.bytes.offset + expression.bytes.size;
  results_ = absl::MakeConstSpan(&type, 1);
  stack_.Reset(expression.bytes.size + kExtraOperands);
  locals_.Reset({}, {});
  return Run();
}

absl::Status BodyValidator::ResetLocals(const FuncType& type) {
  const uint32_t start = reader_.offset();
  ReadLocals(reader_, groups_);
  if (!reader_.ok()) return Malformed();
  for (LocalGroup& group : groups_) {
    if (!Canonical(group.type, group.type)) {
      return absl::InvalidArgumentError(
          absl::StrCat(stack_.error(), Place(start), " (local declarations)"));
    }
  }
  locals_.Reset(type.params, groups_);
  return absl::OkStatus();
}

absl::Status BodyValidator::Run() {
  // The frame of the body has the results, but no parameters: those are locals.
  FuncType frame_type;
  ControlFrame frame{.verb = Verb::kBlock,
                     .unreachable = false,
                     .result = {},
                     .func = nullptr,
                     .height = 0,
                     .initialized = 0};
  if (results_.size() == 1) {
    frame.result = results_[0];
  } else {
    frame_type.results.assign(results_.begin(), results_.end());
    frame.func = &frame_type;
  }
  if (!stack_.PushFrame(frame)) return Invalid();
  while (stack_.HasFrames()) {
    ReadInstruction(reader_, in_);
    if (!reader_.ok()) return Malformed();
    if (!Step()) return Invalid();
  }
  if (reader_.offset() != end_) {
    reader_.Fail("section size mismatch");
    return Malformed();
  }
  return absl::OkStatus();
}

std::string BodyValidator::Place(uint32_t offset) const {
  std::string place;
  if (function_) {
    const absl::string_view name = context_.module.FunctionName(*function_);
    place = absl::StrCat(", in function ", *function_);
    if (!name.empty()) {
      absl::StrAppend(&place, " \"", absl::Utf8SafeCEscape(name), "\"");
    }
  } else {
    place = ", in constant expression";
  }
  return absl::StrFormat("%s at offset 0x%x", place, offset);
}

absl::Status BodyValidator::Malformed() const {
  return absl::Status(
      reader_.status().code(),
      absl::StrCat(reader_.error(), Place(reader_.error_offset())));
}

absl::Status BodyValidator::Invalid() const {
  absl::Status error = absl::InvalidArgumentError(
      absl::StrCat(stack_.error(), Place(in_.offset), " (", in_.text(), ")"));
  const std::string offset = absl::StrCat(in_.offset);
  error.SetPayload(kOffsetPayload, absl::Cord(absl::string_view(offset)));
  return error;
}

bool BodyValidator::FailDisabled(Feature feature) {
  FeatureSet needed;
  return Fail(*DisabledFeature(needed.Add(feature), context_.features));
}

bool BodyValidator::Step() {
  if (!CheckFeature(in_.info().feature)) return false;
  if (!function_ && !IsConstant()) {
    return Fail("constant expression required");
  }
  return in_.info().signature.monomorphic ? StepMonomorphic() : StepOther();
}

// 3.4.12. Whether global.get is constant depends on the global.
bool BodyValidator::IsConstant() const {
  switch (in_.verb()) {
    case Verb::kConst:
    case Verb::kEnd:
    case Verb::kRefNull:
    case Verb::kRefFunc:
    case Verb::kGlobalGet:
    case Verb::kRefI31:
    case Verb::kStructNew:
    case Verb::kStructNewDefault:
    case Verb::kStructNewDesc:
    case Verb::kStructNewDefaultDesc:
    case Verb::kArrayNew:
    case Verb::kArrayNewDefault:
    case Verb::kArrayNewFixed:
    case Verb::kAnyConvertExtern:
    case Verb::kExternConvertAny:
      return true;
    case Verb::kAdd:
    case Verb::kSub:
    case Verb::kMul:
      return (in_.info().shape == Shape::kI32 ||
              in_.info().shape == Shape::kI64) &&
             context_.features.Has(Feature::kExtendedConst);
    default:
      return false;
  }
}

bool BodyValidator::StepMonomorphic() {
  const InstructionInfo& info = in_.info();
  ValueType address;
  switch (info.immediate) {
    case ImmediateKind::kMemArg:
      if (!CheckMemArg(address)) return false;
      break;
    case ImmediateKind::kMemArgLane:
      if (!CheckMemArg(address) || !CheckLane()) return false;
      break;
    case ImmediateKind::kLane:
      if (!CheckLane()) return false;
      break;
    case ImmediateKind::kShuffle:
      if (!CheckShuffle()) return false;
      break;
    case ImmediateKind::kMemory:
      if (!CheckMemory(in_.index)) return false;
      address = context_.memories[in_.index];
      break;
    case ImmediateKind::kMemoryInit:
      if (!CheckMemory(in_.index2) || !CheckData(in_.index)) return false;
      address = context_.memories[in_.index2];
      break;
    case ImmediateKind::kData:
      if (!CheckData(in_.index)) return false;
      break;
    case ImmediateKind::kElement:
      if (!CheckElement(in_.index)) return false;
      break;
    default:
      break;
  }
  const Signature& signature = info.signature;
  const OperandTypes* types = &kOperandTypes[static_cast<size_t>(info.opcode)];
  OperandTypes with_address;
  if (types->has_address) {
    with_address = *types;
    for (ValueType& operand : with_address.operands) {
      if (operand.IsBottom()) operand = address;
    }
    for (ValueType& result : with_address.results) {
      if (result.IsBottom()) result = address;
    }
    types = &with_address;
  }
  if (!PopOperands(Types(types->operands.data(), signature.operand_count))) {
    return false;
  }
  for (size_t i = 0; i < signature.result_count; ++i) {
    stack_.Push(types->results[i]);
  }
  return true;
}

bool BodyValidator::PopOperands(Types operands) {
  switch (operands.size()) {
    case 0:
      return true;
    case 1:
      return stack_.Pop(operands[0]);
    case 2:
      return stack_.Pop(operands[0], operands[1]);
    default:
      return stack_.Pop(operands);
  }
}

bool BodyValidator::StepOther() {
  switch (in_.verb()) {
    case Verb::kUnreachable:
      return Terminate();
    case Verb::kBlock:
    case Verb::kLoop:
      return Block();
    case Verb::kIf:
      return If();
    case Verb::kElse:
      return Else();
    case Verb::kEnd:
      return End();
    case Verb::kBr:
      return Br();
    case Verb::kBrIf:
      return BrIf();
    case Verb::kBrTable:
      return BrTable();
    case Verb::kReturn:
      return Return();
    case Verb::kCall:
      return Call();
    case Verb::kCallIndirect:
      return CallIndirect();
    case Verb::kCallRef:
      return CallRef();
    case Verb::kReturnCall:
      return ReturnCall();
    case Verb::kReturnCallIndirect:
      return ReturnCallIndirect();
    case Verb::kReturnCallRef:
      return ReturnCallRef();
    case Verb::kThrow:
      return Throw();
    case Verb::kThrowRef:
      return ThrowRef();
    case Verb::kTryTable:
      return TryTable();
    case Verb::kTry:
      return Try();
    case Verb::kCatch:
      return Catch();
    case Verb::kCatchAll:
      return CatchAll();
    case Verb::kDelegate:
      return Delegate();
    case Verb::kRethrow:
      return Rethrow();
    case Verb::kDrop:
      return Drop();
    case Verb::kSelect:
      return in_.opcode == Opcode::kSelect ? Select() : SelectTyped();
    case Verb::kLocalGet:
      return LocalGet();
    case Verb::kLocalSet:
      return LocalSet();
    case Verb::kLocalTee:
      return LocalTee();
    case Verb::kGlobalGet:
      return GlobalGet();
    case Verb::kGlobalSet:
      return GlobalSet();
    case Verb::kTableGet:
      return TableGet();
    case Verb::kTableSet:
      return TableSet();
    case Verb::kTableSize:
      return TableSize();
    case Verb::kTableGrow:
      return TableGrow();
    case Verb::kTableFill:
      return TableFill();
    case Verb::kTableCopy:
      return TableCopy();
    case Verb::kTableInit:
      return TableInit();
    case Verb::kMemoryCopy:
      return MemoryCopy();
    case Verb::kRefNull:
      return RefNull();
    case Verb::kRefIsNull:
      return RefIsNull();
    case Verb::kRefFunc:
      return RefFunc();
    case Verb::kRefAsNonNull:
      return RefAsNonNull();
    case Verb::kBrOnNull:
      return BrOnNull();
    case Verb::kBrOnNonNull:
      return BrOnNonNull();
    case Verb::kRefTest:
      return RefTest();
    case Verb::kRefCast:
      return RefCast();
    case Verb::kRefCastDescEq:
      return RefCastDescEq();
    case Verb::kBrOnCast:
    case Verb::kBrOnCastFail:
    case Verb::kBrOnCastDescEq:
    case Verb::kBrOnCastDescEqFail:
      return BrOnCast();
    case Verb::kAnyConvertExtern:
      return ConvertReference(AbstractHeapType::kExtern,
                              AbstractHeapType::kAny);
    case Verb::kExternConvertAny:
      return ConvertReference(AbstractHeapType::kAny,
                              AbstractHeapType::kExtern);
    case Verb::kRefGetDesc:
      return RefGetDesc();
    case Verb::kStructNew:
    case Verb::kStructNewDefault:
    case Verb::kStructNewDesc:
    case Verb::kStructNewDefaultDesc:
      return StructNew();
    case Verb::kStructGet:
    case Verb::kStructGetS:
    case Verb::kStructGetU:
      return StructGet();
    case Verb::kStructSet:
      return StructSet();
    case Verb::kArrayNew:
    case Verb::kArrayNewDefault:
      return ArrayNew();
    case Verb::kArrayNewFixed:
      return ArrayNewFixed();
    case Verb::kArrayNewData:
      return ArrayNewData();
    case Verb::kArrayNewElem:
      return ArrayNewElem();
    case Verb::kArrayGet:
    case Verb::kArrayGetS:
    case Verb::kArrayGetU:
      return ArrayGet();
    case Verb::kArraySet:
      return ArraySet();
    case Verb::kArrayFill:
      return ArrayFill();
    case Verb::kArrayCopy:
      return ArrayCopy();
    case Verb::kArrayInitData:
      return ArrayInitData();
    case Verb::kArrayInitElem:
      return ArrayInitElem();
    default:
      return Fail("instruction without a validation rule");
  }
}

bool BodyValidator::Canonical(ValueType type, ValueType& canonical) {
  std::string error;
  const std::optional<ValueType> found = context_.Canonical(type, used_, error);
  if (!found) return Fail(std::move(error));
  canonical = *found;
  return true;
}

bool BodyValidator::CheckLabel(uint32_t label) {
  return label < stack_.frame_count() || FailUnknown("label", label);
}

bool BodyValidator::CheckLane() {
  const uint32_t lanes = LaneCount(in_.info().shape);
  return in_.lane < lanes || Fail("invalid lane index");
}

bool BodyValidator::CheckShuffle() {
  for (uint8_t lane : in_.v128.bytes) {
    if (lane >= 32) return Fail("invalid lane index");
  }
  return true;
}

}  // namespace wasijit::compiler
