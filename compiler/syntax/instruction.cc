#include "compiler/syntax/instruction.h"

#include <algorithm>

namespace wasijit::compiler {
namespace {

// Rows sorted by text; rows of the same text stay in order.
constexpr auto kRowsByText = [] {
  std::array<uint16_t, kInstructionCount> rows = {};
  for (uint16_t row = 0; row < kInstructionCount; ++row) rows[row] = row;
  std::sort(rows.begin(), rows.end(), [](uint16_t a, uint16_t b) {
    const int order = kInstructions[a].text.compare(kInstructions[b].text);
    return order != 0 ? order < 0 : a < b;
  });
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
  for (size_t i = 1; i < kInstructionCount; ++i) {
    const uint16_t previous = kRowsByText[i - 1];
    const uint16_t row = kRowsByText[i];
    if (kInstructions[previous].text == kInstructions[row].text &&
        row != previous + 1) {
      return false;
    }
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
  const auto* found =
      std::lower_bound(kRowsByText.begin(), kRowsByText.end(), text,
                       [](uint16_t row, absl::string_view wanted) {
                         return kInstructions[row].text < wanted;
                       });
  if (found == kRowsByText.end() || kInstructions[*found].text != text) {
    return std::nullopt;
  }
  return static_cast<Opcode>(*found);
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
