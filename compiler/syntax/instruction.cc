#include "compiler/syntax/instruction.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace wasijit::compiler {
namespace {

// A hash table of texts, open-addressed, at most a third full; of rows with the
// same text, the first.
constexpr size_t kTextSlots = 2048;
static_assert(3 * kInstructionCount <= kTextSlots);

constexpr size_t SlotOfText(absl::string_view text) {
  uint32_t hash = 2166136261;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
  return (hash ^ hash >> 15) % kTextSlots;
}

constexpr auto kRowFromText = [] {
  std::array<uint16_t, kTextSlots> rows = {};
  for (uint16_t& row : rows) row = internal::kNoRow;
  for (uint16_t row = 0; row < kInstructionCount; ++row) {
    const absl::string_view text = kInstructions[row].text;
    size_t slot = SlotOfText(text);
    while (rows[slot] != internal::kNoRow &&
           kInstructions[rows[slot]].text != text) {
      slot = (slot + 1) % kTextSlots;
    }
    if (rows[slot] == internal::kNoRow) rows[slot] = row;
  }
  return rows;
}();

consteval bool CodesAscend() {
  for (size_t row = 1; row < kInstructionCount; ++row) {
    if (kInstructions[row - 1].code >= kInstructions[row].code) return false;
  }
  return true;
}

consteval bool AllCodesAreFound() {
  for (const InstructionInfo& info : kInstructions) {
    if (OpcodeFromCode(info.code) != info.opcode) return false;
  }
  return true;
}

// Equal texts are neighbours in the table; their immediates tell them apart.
consteval bool EqualTextsAreNeighbours() {
  uint16_t first = 0;
  for (uint16_t row = 0; row < kInstructionCount; ++row) {
    const absl::string_view text = kInstructions[row].text;
    if (kInstructions[first].text != text) first = row;
    size_t slot = SlotOfText(text);
    while (kInstructions[kRowFromText[slot]].text != text) {
      slot = (slot + 1) % kTextSlots;
    }
    if (kRowFromText[slot] != first) return false;
  }
  return true;
}

consteval bool IsTypeLetter(char letter) {
  for (char known : absl::string_view("ilfdvegGya")) {
    if (letter == known) return true;
  }
  return false;
}

consteval bool SignaturesParse() {
  for (const InstructionInfo& info : kInstructions) {
    const Signature& signature = info.signature;
    for (size_t i = 0; i < signature.operand_count; ++i) {
      if (!IsTypeLetter(signature.operands[i])) return false;
    }
    for (size_t i = 0; i < signature.result_count; ++i) {
      if (!IsTypeLetter(signature.results[i])) return false;
    }
  }
  return true;
}

static_assert(CodesAscend());
static_assert(AllCodesAreFound());
static_assert(EqualTextsAreNeighbours());
static_assert(SignaturesParse());

}  // namespace

std::optional<Opcode> OpcodeFromText(absl::string_view text) {
  for (size_t slot = SlotOfText(text);; slot = (slot + 1) % kTextSlots) {
    const uint16_t row = kRowFromText[slot];
    if (row == internal::kNoRow) return std::nullopt;
    if (kInstructions[row].text == text) return static_cast<Opcode>(row);
  }
}

bool SameInstruction(const Instruction& a, const Instruction& b) {
  if (a.opcode != b.opcode) return false;
  switch (a.info().immediate) {
    case ImmediateKind::kNone:
    case ImmediateKind::kAtomicFence:
      return true;
    case ImmediateKind::kBlock:
      return a.block == b.block;
    case ImmediateKind::kTryTable:
      return a.block == b.block && a.catches == b.catches;
    case ImmediateKind::kBrTable:
      return a.labels == b.labels;
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
      return a.index == b.index;
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
      return a.index == b.index && a.index2 == b.index2;
    case ImmediateKind::kMemArg:
      return a.memarg == b.memarg;
    case ImmediateKind::kMemArgLane:
      return a.memarg == b.memarg && a.lane == b.lane;
    case ImmediateKind::kLane:
      return a.lane == b.lane;
    case ImmediateKind::kShuffle:
    case ImmediateKind::kV128:
      return a.v128 == b.v128;
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
      return a.bits == b.bits;
    case ImmediateKind::kSelect:
      return a.types == b.types;
    case ImmediateKind::kHeapType:
      return a.type == b.type;
    case ImmediateKind::kBrOnCast:
      return a.index == b.index && a.type == b.type && a.type2 == b.type2;
  }
  return false;
}

}  // namespace wasijit::compiler
