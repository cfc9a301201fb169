#include "compiler/binary/instruction_codec.h"

#include <optional>

#include "compiler/binary/type_codec.h"
#include "runtime/module/value_type_codec.h"

namespace wasijit::compiler {
namespace {

constexpr uint32_t kMemArgHasMemory = 0x40;
constexpr uint32_t kMemArgFlagsEnd = 0x80;
constexpr uint8_t kSourceNullable = 1;
constexpr uint8_t kTargetNullable = 2;

MemArg ReadMemArg(ByteReader& reader) {
  MemArg memarg;
  const uint32_t start = reader.offset();
  const uint32_t flags = reader.U32();
  if (flags >= kMemArgFlagsEnd) {
    reader.FailAt("malformed memop flags", start);
  }
  memarg.align_log2 = static_cast<uint8_t>(flags & ~kMemArgHasMemory);
  if ((flags & kMemArgHasMemory) != 0) memarg.memory = reader.U32();
  memarg.offset = reader.U64();
  return memarg;
}

void WriteMemArg(const MemArg& memarg, ByteWriter& writer) {
  if (memarg.memory == 0) {
    writer.U32(memarg.align_log2);
  } else {
    writer.U32(memarg.align_log2 | kMemArgHasMemory);
    writer.U32(memarg.memory);
  }
  writer.U64(memarg.offset);
}

void ReadCatches(ByteReader& reader, std::vector<CatchClause>& catches) {
  catches.clear();
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    CatchClause clause;
    const uint8_t kind = reader.Byte();
    if (kind > static_cast<uint8_t>(CatchClause::Kind::kCatchAllRef)) {
      reader.FailAt("malformed catch clause", reader.offset() - 1);
      return;
    }
    clause.kind = static_cast<CatchClause::Kind>(kind);
    if (clause.HasTag()) clause.tag = reader.U32();
    clause.label = reader.U32();
    catches.push_back(clause);
  }
}

void WriteCatches(absl::Span<const CatchClause> catches, ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(catches.size()));
  for (const CatchClause& clause : catches) {
    writer.Byte(static_cast<uint8_t>(clause.kind));
    if (clause.HasTag()) writer.U32(clause.tag);
    writer.U32(clause.label);
  }
}

void ReadBrTable(ByteReader& reader, std::vector<uint32_t>& labels) {
  labels.clear();
  const uint32_t count = reader.Count();
  if (count > kMaxBrTableLabels) reader.FailLimit("too many labels");
  if (!reader.ok()) return;
  labels.reserve(count + 1);
  for (uint32_t i = 0; i <= count && reader.ok(); ++i) {
    labels.push_back(reader.U32());
  }
}

void ReadSelectTypes(ByteReader& reader, std::vector<ValueType>& types) {
  types.clear();
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    types.push_back(ReadValueType(reader));
  }
}

// ref.test and its like have an opcode each for nullable and other targets.
bool IsNullableOpcode(Opcode opcode) {
  return opcode == Opcode::kRefNull || opcode == Opcode::kRefTestNull ||
         opcode == Opcode::kRefCastNull || opcode == Opcode::kRefCastDescEqNull;
}

void ReadBrOnCast(ByteReader& reader, Instruction& instruction) {
  const uint8_t flags = reader.Byte();
  if (flags > (kSourceNullable | kTargetNullable)) {
    reader.FailAt("malformed br_on_cast flags", reader.offset() - 1);
  }
  instruction.index = reader.U32();
  const HeapType source = ReadHeapType(reader);
  const HeapType target = ReadHeapType(reader);
  instruction.type = ValueType::Ref(source, (flags & kSourceNullable) != 0);
  instruction.type2 = ValueType::Ref(target, (flags & kTargetNullable) != 0);
}

void WriteBrOnCast(const Instruction& instruction, ByteWriter& writer) {
  writer.Byte((instruction.type.IsNullable() ? kSourceNullable : 0) |
              (instruction.type2.IsNullable() ? kTargetNullable : 0));
  writer.U32(instruction.index);
  WriteHeapType(instruction.type.heap_type(), writer);
  WriteHeapType(instruction.type2.heap_type(), writer);
}

void ReadZeroByte(ByteReader& reader) {
  if (reader.Byte() != 0) {
    reader.FailAt("zero byte expected", reader.offset() - 1);
  }
}

void ReadImmediates(ByteReader& reader, Instruction& instruction) {
  Instruction& in = instruction;
  switch (in.info().immediate) {
    case ImmediateKind::kNone:
      return;
    case ImmediateKind::kBlock:
      in.block = ReadBlockType(reader);
      return;
    case ImmediateKind::kTryTable:
      in.block = ReadBlockType(reader);
      ReadCatches(reader, in.catches);
      return;
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunction:
    case ImmediateKind::kType:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kTable:
    case ImmediateKind::kElement:
    case ImmediateKind::kMemory:
    case ImmediateKind::kData:
      in.index = reader.U32();
      return;
    case ImmediateKind::kBrTable:
      ReadBrTable(reader, in.labels);
      return;
    case ImmediateKind::kCallIndirect:
    case ImmediateKind::kTableTable:
    case ImmediateKind::kTableInit:
    case ImmediateKind::kMemoryMemory:
    case ImmediateKind::kMemoryInit:
    case ImmediateKind::kTypeField:
    case ImmediateKind::kTypeCount:
    case ImmediateKind::kTypeData:
    case ImmediateKind::kTypeElement:
    case ImmediateKind::kTypeType:
      in.index = reader.U32();
      in.index2 = reader.U32();
      return;
    case ImmediateKind::kMemArg:
      in.memarg = ReadMemArg(reader);
      return;
    case ImmediateKind::kMemArgLane:
      in.memarg = ReadMemArg(reader);
      in.lane = reader.Byte();
      return;
    case ImmediateKind::kLane:
      in.lane = reader.Byte();
      return;
    case ImmediateKind::kShuffle:
    case ImmediateKind::kV128:
      in.v128 = reader.Vector();
      return;
    case ImmediateKind::kI32:
      in.bits = static_cast<uint32_t>(reader.S32());
      return;
    case ImmediateKind::kI64:
      in.bits = static_cast<uint64_t>(reader.S64());
      return;
    case ImmediateKind::kF32:
      in.bits = reader.Fixed32();
      return;
    case ImmediateKind::kF64:
      in.bits = reader.Fixed64();
      return;
    case ImmediateKind::kSelect:
      ReadSelectTypes(reader, in.types);
      return;
    case ImmediateKind::kHeapType:
      in.type =
          ValueType::Ref(ReadHeapType(reader), IsNullableOpcode(in.opcode));
      return;
    case ImmediateKind::kBrOnCast:
      ReadBrOnCast(reader, in);
      return;
    case ImmediateKind::kAtomicFence:
      ReadZeroByte(reader);
      return;
  }
}

void WriteImmediates(const Instruction& in, ByteWriter& writer) {
  switch (in.info().immediate) {
    case ImmediateKind::kNone:
      return;
    case ImmediateKind::kBlock:
      WriteBlockType(in.block, writer);
      return;
    case ImmediateKind::kTryTable:
      WriteBlockType(in.block, writer);
      WriteCatches(in.catches, writer);
      return;
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunction:
    case ImmediateKind::kType:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kTable:
    case ImmediateKind::kElement:
    case ImmediateKind::kMemory:
    case ImmediateKind::kData:
      writer.U32(in.index);
      return;
    case ImmediateKind::kBrTable:
      writer.U32(static_cast<uint32_t>(in.labels.size()) - 1);
      for (uint32_t label : in.labels) writer.U32(label);
      return;
    case ImmediateKind::kCallIndirect:
    case ImmediateKind::kTableTable:
    case ImmediateKind::kTableInit:
    case ImmediateKind::kMemoryMemory:
    case ImmediateKind::kMemoryInit:
    case ImmediateKind::kTypeField:
    case ImmediateKind::kTypeCount:
    case ImmediateKind::kTypeData:
    case ImmediateKind::kTypeElement:
    case ImmediateKind::kTypeType:
      writer.U32(in.index);
      writer.U32(in.index2);
      return;
    case ImmediateKind::kMemArg:
      WriteMemArg(in.memarg, writer);
      return;
    case ImmediateKind::kMemArgLane:
      WriteMemArg(in.memarg, writer);
      writer.Byte(in.lane);
      return;
    case ImmediateKind::kLane:
      writer.Byte(in.lane);
      return;
    case ImmediateKind::kShuffle:
    case ImmediateKind::kV128:
      writer.Vector(in.v128);
      return;
    case ImmediateKind::kI32:
      writer.S32(static_cast<int32_t>(in.bits));
      return;
    case ImmediateKind::kI64:
      writer.S64(static_cast<int64_t>(in.bits));
      return;
    case ImmediateKind::kF32:
      writer.Fixed32(static_cast<uint32_t>(in.bits));
      return;
    case ImmediateKind::kF64:
      writer.Fixed64(in.bits);
      return;
    case ImmediateKind::kSelect:
      writer.U32(static_cast<uint32_t>(in.types.size()));
      for (ValueType type : in.types) WriteValueType(type, writer);
      return;
    case ImmediateKind::kHeapType:
      WriteHeapType(in.type.heap_type(), writer);
      return;
    case ImmediateKind::kBrOnCast:
      WriteBrOnCast(in, writer);
      return;
    case ImmediateKind::kAtomicFence:
      writer.Byte(0);
      return;
  }
}

}  // namespace

void internal::ReadAfterByte(uint8_t byte, ByteReader& reader,
                             Instruction& instruction) {
  std::optional<Opcode> opcode = OpcodeFromByte(byte);
  if (!opcode) [[unlikely]] {
    uint32_t code = byte;
    if (IsPrefix(byte)) {
      const uint32_t number = reader.U32();
      code = number > 0xffff ? code : code << 16 | number;
      if (code != byte) opcode = OpcodeFromCode(code);
    }
    if (!opcode) {
      reader.FailAt("illegal opcode", instruction.offset, code);
      return;
    }
  }
  instruction.opcode = *opcode;
  ReadImmediates(reader, instruction);
}

void WriteInstruction(const Instruction& instruction, ByteWriter& writer) {
  const uint32_t code = instruction.info().code;
  if (code > 0xff) {
    writer.Byte(static_cast<uint8_t>(code >> 16));
    writer.U32(code & 0xffff);
  } else {
    writer.Byte(static_cast<uint8_t>(code));
  }
  WriteImmediates(instruction, writer);
}

void ReadLocals(ByteReader& reader, std::vector<LocalGroup>& groups) {
  groups.clear();
  const uint32_t start = reader.offset();
  const uint32_t count = reader.Count();
  uint64_t total = 0;
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    LocalGroup group;
    group.count = reader.U32();
    group.type = ReadValueType(reader);
    total += group.count;
    groups.push_back(group);
  }
  if (total > kMaxLocals) reader.FailAt("too many locals", start);
}

void WriteLocals(absl::Span<const LocalGroup> groups, ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(groups.size()));
  for (const LocalGroup& group : groups) {
    writer.U32(group.count);
    WriteValueType(group.type, writer);
  }
}

void SkipExpression(ByteReader& reader) {
  Instruction instruction;
  uint32_t depth = 0;
  while (reader.ok()) {
    ReadInstruction(reader, instruction);
    switch (instruction.info().immediate) {
      case ImmediateKind::kBlock:
      case ImmediateKind::kTryTable:
        ++depth;
        break;
      default:
        break;
    }
    const bool closes = instruction.opcode == Opcode::kEnd ||
                        instruction.opcode == Opcode::kDelegate;
    if (closes && reader.ok() && depth-- == 0) return;
  }
}

}  // namespace wasijit::compiler
