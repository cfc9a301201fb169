#include "runtime/module/const_expr.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_format.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/value_type_codec.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Codes of the constant instructions, prefix << 16 | number.
enum class Code : uint32_t {
  kEnd = 0x0b,
  kGlobalGet = 0x23,
  kI32Const = 0x41,
  kI64Const = 0x42,
  kF32Const = 0x43,
  kF64Const = 0x44,
  kI32Add = 0x6a,
  kI32Sub = 0x6b,
  kI32Mul = 0x6c,
  kI64Add = 0x7c,
  kI64Sub = 0x7d,
  kI64Mul = 0x7e,
  kRefNull = 0xd0,
  kRefFunc = 0xd2,
  kStructNew = 0xfb0000,
  kStructNewDefault = 0xfb0001,
  kArrayNew = 0xfb0006,
  kArrayNewDefault = 0xfb0007,
  kArrayNewFixed = 0xfb0008,
  kAnyConvertExtern = 0xfb001a,
  kExternConvertAny = 0xfb001b,
  kRefI31 = 0xfb001c,
  kStructNewDesc = 0xfb0020,
  kStructNewDefaultDesc = 0xfb0021,
  kV128Const = 0xfd000c,
};

// A constant instruction. Constants and nulls are already values.
struct ConstInstruction {
  Code code;
  uint32_t offset = 0;
  uint32_t index = 0;
  uint32_t count = 0;
  Value constant;
};

// Reads one instruction; fails if it is none of the constant ones.
void ReadConstInstruction(ByteReader& reader, ConstInstruction& instruction) {
  instruction.offset = reader.offset();
  uint32_t code = reader.Byte();
  if (code == 0xfb || code == 0xfd) {
    const uint32_t number = reader.U32();
    if (number > 0xffff) reader.Fail("constant expression required");
    code = code << 16 | number;
  }
  instruction.code = static_cast<Code>(code);
  switch (instruction.code) {
    case Code::kI32Const:
      instruction.constant = Value::I32(reader.S32());
      return;
    case Code::kI64Const:
      instruction.constant = Value::I64(reader.S64());
      return;
    case Code::kF32Const:
      instruction.constant = Value::F32Bits(reader.Fixed32());
      return;
    case Code::kF64Const:
      instruction.constant = Value::F64Bits(reader.Fixed64());
      return;
    case Code::kV128Const:
      instruction.constant = Value::Vector(reader.Vector());
      return;
    case Code::kRefNull:
      instruction.constant = Value::Default(
          ValueType::Ref(ReadHeapType(reader), /*nullable=*/true));
      return;
    case Code::kGlobalGet:
    case Code::kRefFunc:
    case Code::kStructNew:
    case Code::kStructNewDefault:
    case Code::kArrayNew:
    case Code::kArrayNewDefault:
    case Code::kStructNewDesc:
    case Code::kStructNewDefaultDesc:
      instruction.index = reader.U32();
      return;
    case Code::kArrayNewFixed:
      instruction.index = reader.U32();
      instruction.count = reader.U32();
      return;
    case Code::kEnd:
    case Code::kI32Add:
    case Code::kI32Sub:
    case Code::kI32Mul:
    case Code::kI64Add:
    case Code::kI64Sub:
    case Code::kI64Mul:
    case Code::kAnyConvertExtern:
    case Code::kExternConvertAny:
    case Code::kRefI31:
      return;
  }
  reader.FailAt("constant expression required", instruction.offset);
}

class Evaluator {
 public:
  Evaluator(const Module& module, ConstExpr expression,
            ConstExprContext& context)
      : module_(module),
        context_(context),
        reader_(module.Bytes(expression), expression.bytes.offset) {}

  absl::StatusOr<Value> Run() {
    while (true) {
      ReadConstInstruction(reader_, instruction_);
      RETURN_IF_ERROR(reader_.status());
      if (instruction_.code == Code::kEnd) break;
      RETURN_IF_ERROR(Step());
    }
    if (stack_.size() != 1) return Malformed("type mismatch");
    return stack_.back();
  }

 private:
  absl::Status Malformed(const char* message) const {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s in constant expression at offset 0x%x", message,
                        instruction_.offset));
  }

  void Push(Value value) { stack_.push_back(value); }

  // Has `count` values on the stack.
  bool Has(size_t count) const { return stack_.size() >= count; }

  Value Pop() {
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }

  absl::Status Step() {
    switch (instruction_.code) {
      case Code::kGlobalGet:
        if (instruction_.index >= module_.globals.size()) {
          return Malformed("unknown global");
        }
        Push(context_.Global(instruction_.index));
        return absl::OkStatus();
      case Code::kRefFunc:
        if (instruction_.index >= module_.functions.size()) {
          return Malformed("unknown function");
        }
        Push(context_.FunctionReference(instruction_.index));
        return absl::OkStatus();
      case Code::kI32Add:
      case Code::kI32Sub:
      case Code::kI32Mul:
      case Code::kI64Add:
      case Code::kI64Sub:
      case Code::kI64Mul:
        return Arithmetic();
      case Code::kRefI31:
      case Code::kAnyConvertExtern:
      case Code::kExternConvertAny:
        return Convert();
      case Code::kStructNew:
      case Code::kStructNewDefault:
      case Code::kStructNewDesc:
      case Code::kStructNewDefaultDesc:
        return NewStruct();
      case Code::kArrayNew:
      case Code::kArrayNewDefault:
      case Code::kArrayNewFixed:
        return NewArray();
      default:
        Push(instruction_.constant);
        return absl::OkStatus();
    }
  }

  // In unsigned arithmetic, which wraps.
  absl::Status Arithmetic() {
    if (!Has(2)) return Malformed("type mismatch");
    const Value right = Pop();
    const Value left = Pop();
    const auto b = static_cast<uint64_t>(right.i64());
    const auto a = static_cast<uint64_t>(left.i64());
    switch (instruction_.code) {
      case Code::kI32Add:
        Push(Value::I32(static_cast<int32_t>(a + b)));
        break;
      case Code::kI32Sub:
        Push(Value::I32(static_cast<int32_t>(a - b)));
        break;
      case Code::kI32Mul:
        Push(Value::I32(static_cast<int32_t>(a * b)));
        break;
      case Code::kI64Add:
        Push(Value::I64(static_cast<int64_t>(a + b)));
        break;
      case Code::kI64Sub:
        Push(Value::I64(static_cast<int64_t>(a - b)));
        break;
      default:
        Push(Value::I64(static_cast<int64_t>(a * b)));
        break;
    }
    return absl::OkStatus();
  }

  absl::Status Convert() {
    if (!Has(1)) return Malformed("type mismatch");
    const Value operand = Pop();
    if (instruction_.code == Code::kRefI31) {
      Push(context_.NewI31(static_cast<uint32_t>(operand.i32())));
      return absl::OkStatus();
    }
    if (!operand.type().IsRef()) return Malformed("type mismatch");
    const AbstractHeapType target = instruction_.code == Code::kAnyConvertExtern
                                        ? AbstractHeapType::kAny
                                        : AbstractHeapType::kExtern;
    ASSIGN_OR_RETURN(
        const Value converted,
        context_.ConvertReference(
            operand, ValueType::Ref(target, operand.type().IsNullable())));
    Push(converted);
    return absl::OkStatus();
  }

  absl::Status NewStruct() {
    const StructType* type = instruction_.index < module_.types.size()
                                 ? module_.types[instruction_.index].structure()
                                 : nullptr;
    if (type == nullptr) return Malformed("unknown type");

    std::optional<Value> descriptor;
    if (instruction_.code == Code::kStructNewDesc ||
        instruction_.code == Code::kStructNewDefaultDesc) {
      if (!Has(1)) return Malformed("type mismatch");
      descriptor = Pop();
    }
    std::vector<Value> defaults;
    absl::Span<const Value> fields;
    if (instruction_.code == Code::kStructNew ||
        instruction_.code == Code::kStructNewDesc) {
      if (!Has(type->fields.size())) return Malformed("type mismatch");
      fields = absl::MakeConstSpan(stack_).last(type->fields.size());
    } else {
      for (const FieldType& field : type->fields) {
        defaults.push_back(Value::Default(field.storage.value));
      }
      fields = defaults;
    }
    ASSIGN_OR_RETURN(const Value result,
                     context_.NewStruct(instruction_.index, fields,
                                        descriptor ? &*descriptor : nullptr));
    if (defaults.empty()) stack_.resize(stack_.size() - fields.size());
    Push(result);
    return absl::OkStatus();
  }

  absl::Status NewArray() {
    const uint32_t index = instruction_.index;
    const ArrayType* type =
        index < module_.types.size() ? module_.types[index].array() : nullptr;
    if (type == nullptr) return Malformed("unknown type");

    if (instruction_.code == Code::kArrayNewFixed) {
      if (!Has(instruction_.count)) return Malformed("type mismatch");
      ASSIGN_OR_RETURN(
          const Value result,
          context_.NewArrayOf(
              index, absl::MakeConstSpan(stack_).last(instruction_.count)));
      stack_.resize(stack_.size() - instruction_.count);
      Push(result);
      return absl::OkStatus();
    }
    const bool with_element = instruction_.code == Code::kArrayNew;
    if (!Has(with_element ? 2 : 1)) return Malformed("type mismatch");
    const auto length = static_cast<uint32_t>(Pop().i32());
    const Value element =
        with_element ? Pop() : Value::Default(type->element.storage.value);
    ASSIGN_OR_RETURN(const Value result,
                     context_.NewArray(index, element, length));
    Push(result);
    return absl::OkStatus();
  }

  const Module& module_;
  ConstExprContext& context_;
  ByteReader reader_;
  ConstInstruction instruction_;
  absl::InlinedVector<Value, 2> stack_;
};

}  // namespace

absl::StatusOr<Value> EvaluateConstExpr(const Module& module,
                                        ConstExpr expression,
                                        ConstExprContext& context) {
  return Evaluator(module, expression, context).Run();
}

absl::Status VisitFunctionReferences(
    absl::Span<const uint8_t> expression,
    const std::function<void(uint32_t function)>& visit) {
  ByteReader reader(expression);
  ConstInstruction instruction;
  while (!reader.AtEnd()) {
    ReadConstInstruction(reader, instruction);
    if (!reader.ok()) return reader.status();
    if (instruction.code == Code::kRefFunc) visit(instruction.index);
  }
  return absl::OkStatus();
}

}  // namespace wasijit
