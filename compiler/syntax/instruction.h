// Instructions: the table of instructions.def as data, and one instruction
// with its immediates.
#ifndef WASIJIT_COMPILER_SYNTAX_INSTRUCTION_H_
#define WASIJIT_COMPILER_SYNTAX_INSTRUCTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/syntax/features.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit::compiler {

enum class Opcode : uint16_t {
#define INSTRUCTION(name, code, text, immediate, signature, shape, verb, \
                    feature)                                             \
  k##name,
#include "compiler/syntax/instructions.def"
};

// A signature of the table, taken apart. Letters as in instructions.def.
struct Signature {
  // False for "*": checked by hand; then the rest is empty.
  bool monomorphic = false;
  uint8_t operand_count = 0;
  uint8_t result_count = 0;
  // In the order in which they are pushed.
  std::array<char, 4> operands = {};
  std::array<char, 2> results = {};
};

constexpr Signature ParseSignature(absl::string_view text) {
  Signature result;
  if (text == "*") return result;
  result.monomorphic = true;
  size_t i = 0;
  for (; text[i] != ':'; ++i) {
    result.operands[result.operand_count++] = text[i];
  }
  for (++i; i < text.size(); ++i) {
    result.results[result.result_count++] = text[i];
  }
  return result;
}

struct InstructionInfo {
  Opcode opcode;
  ImmediateKind immediate;
  Shape shape;
  Feature feature;
  Verb verb;
  // See AccessSizeLog2().
  uint8_t access_size_log2;
  // The opcode byte, or prefix << 16 | number.
  uint32_t code;
  absl::string_view text;
  Signature signature;
};

inline constexpr InstructionInfo kInstructions[] = {
#define INSTRUCTION(name, code, text, immediate, signature, shape, verb, \
                    feature)                                             \
  {Opcode::k##name,                                                      \
   ImmediateKind::k##immediate,                                          \
   Shape::k##shape,                                                      \
   Feature::k##feature,                                                  \
   Verb::k##verb,                                                        \
   AccessSizeLog2(Verb::k##verb, Shape::k##shape),                       \
   code,                                                                 \
   text,                                                                 \
   ParseSignature(signature)},
#include "compiler/syntax/instructions.def"
};
inline constexpr size_t kInstructionCount = std::size(kInstructions);

constexpr const InstructionInfo& Info(Opcode opcode) {
  return kInstructions[static_cast<size_t>(opcode)];
}

// The opcode with a code (as InstructionInfo::code), or nothing. O(1).
constexpr std::optional<Opcode> OpcodeFromCode(uint32_t code);

// The first instruction with a text, or nothing.
std::optional<Opcode> OpcodeFromText(absl::string_view text);

// One instruction. Only the fields that ImmediateKind names for the opcode's
// kind have a meaning; a reader that fills the same object again leaves the
// others as they were, so that vectors keep their storage.
struct Instruction {
  Opcode opcode = Opcode::kNop;
  uint8_t lane = 0;
  // Offset in the module's bytes of the opcode's first byte.
  uint32_t offset = 0;
  uint32_t index = 0;
  uint32_t index2 = 0;
  MemArg memarg;
  BlockType block;
  ValueType type;
  ValueType type2;
  uint64_t bits = 0;
  V128 v128;
  std::vector<uint32_t> labels;
  std::vector<ValueType> types;
  std::vector<CatchClause> catches;

  const InstructionInfo& info() const { return Info(opcode); }
  Verb verb() const { return info().verb; }
  absl::string_view text() const { return info().text; }
};

// Same opcode and same meaningful immediates; offsets do not count.
bool SameInstruction(const Instruction& a, const Instruction& b);

// Look-up tables, by prefix and number.
namespace internal {

// 0: the code is a single byte. Each prefix has room for its numbers.
inline constexpr uint32_t kPrefixes[] = {0, 0xfb, 0xfc, 0xfd, 0xfe};
inline constexpr uint32_t kTableBegin[] = {0, 256, 320, 352, 640, 720};
inline constexpr uint16_t kNoRow = UINT16_MAX;

constexpr auto kRowFromCode = [] {
  std::array<uint16_t, kTableBegin[std::size(kPrefixes)]> rows = {};
  for (uint16_t& row : rows) row = kNoRow;
  for (uint16_t row = 0; row < kInstructionCount; ++row) {
    const uint32_t code = kInstructions[row].code;
    for (size_t p = 0; p < std::size(kPrefixes); ++p) {
      if (code >> 16 == kPrefixes[p]) {
        rows[kTableBegin[p] + (code & 0xffff)] = row;
      }
    }
  }
  return rows;
}();

}  // namespace internal

constexpr std::optional<Opcode> OpcodeFromCode(uint32_t code) {
  const uint32_t prefix = code >> 16;
  if (prefix != 0 && (prefix < 0xfb || prefix > 0xfe)) return std::nullopt;
  const uint32_t table = prefix == 0 ? 0 : prefix - 0xfa;
  const uint32_t slot = internal::kTableBegin[table] + (code & 0xffff);
  if (slot >= internal::kTableBegin[table + 1]) return std::nullopt;
  const uint16_t row = internal::kRowFromCode[slot];
  if (row == internal::kNoRow) return std::nullopt;
  return static_cast<Opcode>(row);
}

// The opcode that is one byte, or nothing.
constexpr std::optional<Opcode> OpcodeFromByte(uint8_t byte) {
  const uint16_t row = internal::kRowFromCode[byte];
  if (row == internal::kNoRow) return std::nullopt;
  return static_cast<Opcode>(row);
}

// Whether a byte is the first of a two-part code.
constexpr bool IsPrefix(uint8_t byte) { return byte >= 0xfb && byte <= 0xfe; }

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_SYNTAX_INSTRUCTION_H_
