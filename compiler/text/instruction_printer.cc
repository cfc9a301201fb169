#include "compiler/text/instruction_printer.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "compiler/text/keyword.h"
#include "compiler/text/number_printer.h"
#include "compiler/text/string_literal.h"

namespace wasijit::compiler {
namespace {

std::string Spaced(const std::string& text) {
  return text.empty() ? "" : absl::StrCat(" ", text);
}

std::string VectorText(const V128& vector) {
  std::string text = absl::StrCat(" ", ToString(Keyword::kI32x4));
  for (uint32_t lane : vector.Lanes<uint32_t>()) {
    absl::StrAppendFormat(&text, " 0x%08x", lane);
  }
  return text;
}

std::string ShuffleText(const V128& lanes) {
  std::string text;
  for (uint8_t lane : lanes.bytes) absl::StrAppend(&text, " ", lane);
  return text;
}

absl::string_view ToString(CatchClause::Kind kind) {
  switch (kind) {
    case CatchClause::Kind::kCatch:
      return Info(Opcode::kCatch).text;
    case CatchClause::Kind::kCatchRef:
      return ToString(Keyword::kCatchRef);
    case CatchClause::Kind::kCatchAll:
      return Info(Opcode::kCatchAll).text;
    case CatchClause::Kind::kCatchAllRef:
      return ToString(Keyword::kCatchAllRef);
  }
}

}  // namespace

std::string InstructionPrinter::Print(const Instruction& instruction) const {
  return absl::StrCat(instruction.text(), Immediate(instruction));
}

std::string InstructionPrinter::PrintBlock(const Instruction& instruction,
                                           const std::string& label) const {
  return absl::StrCat(instruction.text(), Spaced(label),
                      Immediate(instruction));
}

std::string InstructionPrinter::Signature(const FuncType& type) const {
  std::string text;
  const auto append = [&](Keyword keyword,
                          const std::vector<ValueType>& types) {
    if (types.empty()) return;
    absl::StrAppend(&text, " (", ToString(keyword));
    for (ValueType value : types) {
      absl::StrAppend(&text, " ", identifiers_.Text(value));
    }
    text.push_back(')');
  };
  append(Keyword::kParam, type.params);
  append(Keyword::kResult, type.results);
  return text;
}

std::string InstructionPrinter::TypeUse(uint32_t type) const {
  std::string text =
      absl::StrCat(" (type ", identifiers_.types.Reference(type), ")");
  if (type < module_.types.size() && module_.types[type].func() != nullptr) {
    absl::StrAppend(&text, Signature(*module_.types[type].func()));
  }
  return text;
}

std::string InstructionPrinter::Implied(const SpaceIdentifiers& space,
                                        uint32_t index) {
  return index == 0 ? "" : absl::StrCat(" ", space.Reference(index));
}

// By name only if the innermost block of that name is meant.
std::string InstructionPrinter::Label(uint32_t label) const {
  if (labels_ == nullptr) return absl::StrCat(" ", label);
  const absl::string_view name = labels_->NameOf(label);
  if (!name.empty() && labels_->Find(name) == label) {
    return absl::StrCat(" ", QuoteId(name));
  }
  if (label >= labels_->size()) return absl::StrCat(" ", label);
  return absl::StrCat(" ", label, " (;@", labels_->size() - label, ";)");
}

std::string InstructionPrinter::Local(uint32_t local) const {
  return locals_ == nullptr ? absl::StrCat(" ", local)
                            : absl::StrCat(" ", locals_->Reference(local));
}

std::string InstructionPrinter::Block(const BlockType& type) const {
  switch (type.kind) {
    case BlockType::Kind::kEmpty:
      return "";
    case BlockType::Kind::kValue:
      return absl::StrCat(" (result ", identifiers_.Text(type.value), ")");
    case BlockType::Kind::kTypeIndex:
      return TypeUse(type.type_index);
  }
}

std::string InstructionPrinter::Catches(const Instruction& instruction) const {
  std::string text;
  for (const CatchClause& clause : instruction.catches) {
    absl::StrAppend(
        &text, " (", ToString(clause.kind),
        clause.HasTag()
            ? absl::StrCat(" ", identifiers_.tags.Reference(clause.tag))
            : "",
        Label(clause.label), ")");
  }
  return text;
}

std::string InstructionPrinter::MemoryArgument(
    const Instruction& instruction) const {
  const MemArg& memarg = instruction.memarg;
  std::string text = Implied(identifiers_.memories, memarg.memory);
  if (memarg.offset != 0) absl::StrAppend(&text, " offset=", memarg.offset);
  if (memarg.align_log2 != instruction.info().access_size_log2) {
    absl::StrAppend(&text, " align=", uint64_t{1} << (memarg.align_log2 & 63));
  }
  return text;
}

std::string InstructionPrinter::Field(const Instruction& instruction) const {
  const auto fields = identifiers_.fields.find(instruction.index);
  return absl::StrCat(" ", identifiers_.types.Reference(instruction.index), " ",
                      fields == identifiers_.fields.end()
                          ? absl::StrCat(instruction.index2)
                          : fields->second.Reference(instruction.index2));
}

std::string InstructionPrinter::Immediate(
    const Instruction& instruction) const {
  const Identifiers& names = identifiers_;
  const auto reference = [](const SpaceIdentifiers& space, uint32_t index) {
    return absl::StrCat(" ", space.Reference(index));
  };
  const uint32_t index = instruction.index;
  const uint32_t index2 = instruction.index2;
  switch (instruction.info().immediate) {
    case ImmediateKind::kNone:
    case ImmediateKind::kAtomicFence:
      return "";
    case ImmediateKind::kBlock:
      return Block(instruction.block);
    case ImmediateKind::kTryTable:
      return absl::StrCat(Block(instruction.block), Catches(instruction));
    case ImmediateKind::kLabel:
      return Label(index);
    case ImmediateKind::kBrTable: {
      std::string text;
      for (uint32_t label : instruction.labels) {
        absl::StrAppend(&text, Label(label));
      }
      return text;
    }
    case ImmediateKind::kFunction:
      return reference(names.functions, index);
    case ImmediateKind::kCallIndirect:
      return absl::StrCat(Implied(names.tables, index2), TypeUse(index));
    case ImmediateKind::kType:
      return reference(names.types, index);
    case ImmediateKind::kLocal:
      return Local(index);
    case ImmediateKind::kGlobal:
      return reference(names.globals, index);
    case ImmediateKind::kTag:
      return reference(names.tags, index);
    case ImmediateKind::kTable:
      return Implied(names.tables, index);
    case ImmediateKind::kTableTable:
      if (index == 0 && index2 == 0) return "";
      return absl::StrCat(reference(names.tables, index),
                          reference(names.tables, index2));
    case ImmediateKind::kTableInit:
      return absl::StrCat(Implied(names.tables, index2),
                          reference(names.elements, index));
    case ImmediateKind::kElement:
      return reference(names.elements, index);
    case ImmediateKind::kMemory:
      return Implied(names.memories, index);
    case ImmediateKind::kMemoryMemory:
      if (index == 0 && index2 == 0) return "";
      return absl::StrCat(reference(names.memories, index),
                          reference(names.memories, index2));
    case ImmediateKind::kMemoryInit:
      return absl::StrCat(Implied(names.memories, index2),
                          reference(names.data, index));
    case ImmediateKind::kData:
      return reference(names.data, index);
    case ImmediateKind::kMemArg:
      return MemoryArgument(instruction);
    case ImmediateKind::kMemArgLane:
      return absl::StrCat(MemoryArgument(instruction), " ", instruction.lane);
    case ImmediateKind::kLane:
      return absl::StrCat(" ", instruction.lane);
    case ImmediateKind::kShuffle:
      return ShuffleText(instruction.v128);
    case ImmediateKind::kI32:
      return absl::StrCat(
          " ", static_cast<int32_t>(static_cast<uint32_t>(instruction.bits)));
    case ImmediateKind::kI64:
      return absl::StrCat(" ", static_cast<int64_t>(instruction.bits));
    case ImmediateKind::kF32:
      return absl::StrCat(" ",
                          PrintF32(static_cast<uint32_t>(instruction.bits)));
    case ImmediateKind::kF64:
      return absl::StrCat(" ", PrintF64(instruction.bits));
    case ImmediateKind::kV128:
      return VectorText(instruction.v128);
    case ImmediateKind::kSelect: {
      std::string text = " (result";
      for (ValueType type : instruction.types) {
        absl::StrAppend(&text, " ", names.Text(type));
      }
      return absl::StrCat(text, ")");
    }
    case ImmediateKind::kHeapType:
      if (instruction.opcode == Opcode::kRefNull) {
        return absl::StrCat(" ", names.Text(instruction.type.heap_type()));
      }
      return absl::StrCat(" ", names.Text(instruction.type));
    case ImmediateKind::kBrOnCast:
      return absl::StrCat(Label(index), " ", names.Text(instruction.type), " ",
                          names.Text(instruction.type2));
    case ImmediateKind::kTypeField:
      return Field(instruction);
    case ImmediateKind::kTypeCount:
      return absl::StrCat(reference(names.types, index), " ", index2);
    case ImmediateKind::kTypeData:
      return absl::StrCat(reference(names.types, index),
                          reference(names.data, index2));
    case ImmediateKind::kTypeElement:
      return absl::StrCat(reference(names.types, index),
                          reference(names.elements, index2));
    case ImmediateKind::kTypeType:
      return absl::StrCat(reference(names.types, index),
                          reference(names.types, index2));
  }
}

}  // namespace wasijit::compiler
