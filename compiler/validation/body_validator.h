// Validity of function bodies and constant expressions (specification, 3.4,
// 3.5.13).
#ifndef WASIJIT_COMPILER_VALIDATION_BODY_VALIDATOR_H_
#define WASIJIT_COMPILER_VALIDATION_BODY_VALIDATOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/features.h"
#include "compiler/syntax/instruction.h"
#include "compiler/validation/local_types.h"
#include "compiler/validation/module_context.h"
#include "compiler/validation/operand_stack.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// The payload of errors about an instruction: its offset, in decimal.
inline constexpr char kOffsetPayload[] = "wasijit/offset";

// Validates one body after the other and keeps its storage in between. One
// thread each; the context is only read.
//
// The members named after verbs check one instruction: they return whether it
// is valid, and otherwise have left the reason with Fail().
class BodyValidator {
 public:
  explicit BodyValidator(const ModuleContext& context)
      : context_(context), stack_(context) {}

  // Validates the body of a function that is not imported. The error names the
  // function, the offset and the instruction.
  absl::Status ValidateFunction(uint32_t function);

  // Validates a constant expression with one result. Globals from
  // context.globals.size() on do not exist for it.
  absl::Status ValidateConstExpr(ConstExpr expression, ValueType type);

  // What the bodies so far needed.
  FeatureSet features_used() const { return used_; }

 private:
  using Types = absl::Span<const ValueType>;

  absl::Status Run();
  absl::Status Malformed() const;
  absl::Status Invalid() const;
  std::string Place(uint32_t offset) const;
  absl::Status ResetLocals(const FuncType& type);

  bool Step();
  bool StepMonomorphic();
  bool PopOperands(Types operands);
  bool StepOther();
  bool IsConstant() const;

  bool Fail(std::string message) { return stack_.Fail(std::move(message)); }
  bool FailUnknown(absl::string_view kind, uint32_t index) {
    return Fail(Unknown(kind, index));
  }

  // Immediates. The first ones check that what `index` names exists.
  bool CheckFeature(Feature feature) {
    used_.Add(feature);
    return context_.features.Has(feature) || FailDisabled(feature);
  }
  bool FailDisabled(Feature feature);
  bool CheckLabel(uint32_t label);
  bool CheckTable(uint32_t table);
  bool CheckMemory(uint32_t memory);
  bool CheckData(uint32_t segment);
  bool CheckElement(uint32_t segment);
  bool CheckLane();
  bool CheckShuffle();
  bool CheckMemArg(ValueType& address);
  bool Canonical(ValueType type, ValueType& canonical);
  bool FuncTypeAt(uint32_t type, const FuncType*& result);
  bool StructAt(uint32_t type, const SubType*& result);
  bool ArrayAt(uint32_t type, const FieldType*& element);
  ValueType ReferenceTo(uint32_t type, bool nullable, bool exact = false) const;

  // Control: body_control.cc.
  bool BlockFrame(ControlFrame& frame);
  bool OpenFrame(const ControlFrame& frame);
  bool Block();
  bool If();
  bool Else();
  bool Try();
  bool Catch();
  bool CatchAll();
  bool Delegate();
  bool Rethrow();
  bool TryTable();
  bool CheckCatch(const CatchClause& clause);
  bool End();
  bool Br();
  bool BrIf();
  bool BrTable();
  bool CheckBrTableLabel(uint32_t label, size_t arity);
  bool Return();
  bool Call();
  bool CallIndirect();
  bool CallRef();
  bool ReturnCall();
  bool ReturnCallIndirect();
  bool ReturnCallRef();
  bool IndirectCallee(const FuncType*& type);
  bool TailCall(const FuncType& type);
  bool Throw();
  bool ThrowRef();
  bool Terminate();

  // Parametric instructions and variables: body_variable.cc.
  bool Drop();
  bool Select();
  bool SelectTyped();
  bool LocalGet();
  bool LocalSet();
  bool LocalTee();
  bool GlobalGet();
  bool GlobalSet();

  // Tables and memories: body_table.cc.
  bool TableGet();
  bool TableSet();
  bool TableSize();
  bool TableGrow();
  bool TableFill();
  bool TableCopy();
  bool TableInit();
  bool MemoryCopy();

  // References and casts: body_reference.cc.
  bool RefNull();
  bool RefIsNull();
  bool RefFunc();
  bool RefAsNonNull();
  bool BrOnNull();
  bool BrOnNonNull();
  bool RefTest();
  bool RefCast();
  bool RefCastDescEq();
  bool BrOnCast();
  bool DescriptorOf(ValueType target, ValueType& descriptor);
  bool ConvertReference(AbstractHeapType from, AbstractHeapType to);
  bool RefGetDesc();

  // Structures and arrays: body_aggregate.cc.
  bool StructNew();
  bool StructGet();
  bool StructSet();
  bool ArrayNew();
  bool ArrayNewFixed();
  bool ArrayNewData();
  bool ArrayNewElem();
  bool ArrayGet();
  bool ArraySet();
  bool ArrayFill();
  bool ArrayCopy();
  bool ArrayInitData();
  bool ArrayInitElem();
  bool MutableArrayAt(uint32_t type, const FieldType*& element);
  bool CheckElementMatches(uint32_t segment, const FieldType& element);

  const ModuleContext& context_;
  OperandStack stack_;
  LocalTypes locals_;
  FeatureSet used_;

  // The current body.
  ByteReader reader_{{}};
  // Offset where the body has to end.
  uint32_t end_ = 0;
  Instruction in_;
  std::vector<LocalGroup> groups_;
  Types results_;
  // Nothing in a constant expression.
  std::optional<uint32_t> function_;

  // Scratch, to keep storage between instructions.
  std::vector<ValueType> types_;
  absl::flat_hash_set<const ValueType*> checked_labels_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_BODY_VALIDATOR_H_
