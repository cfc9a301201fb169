// Binary form of instructions and function bodies (specification, 5.4, 5.5.13).
#ifndef WASIJIT_COMPILER_BINARY_INSTRUCTION_CODEC_H_
#define WASIJIT_COMPILER_BINARY_INSTRUCTION_CODEC_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Consecutive locals of one type.
struct LocalGroup {
  uint32_t count = 0;
  ValueType type;

  friend bool operator==(const LocalGroup&, const LocalGroup&) = default;
};

// Locals of a function, parameters included, are at most this many.
inline constexpr uint32_t kMaxLocals = 50'000;
// Labels of a br_table, the default not counted.
inline constexpr uint32_t kMaxBrTableLabels = 65'520;

// Reads the local declarations at the start of a body into `groups`. Fails if
// they are more than kMaxLocals.
void ReadLocals(ByteReader& reader, std::vector<LocalGroup>& groups);
void WriteLocals(absl::Span<const LocalGroup> groups, ByteWriter& writer);

namespace internal {

// How an instruction is read whose code begins with a byte.
enum class ReadingForm : uint8_t {
  // Nothing follows.
  kBare,
  // Instruction::index follows.
  kIndex,
  kOther,
};

constexpr ReadingForm FormOf(ImmediateKind kind) {
  switch (kind) {
    case ImmediateKind::kNone:
      return ReadingForm::kBare;
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunction:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
      return ReadingForm::kIndex;
    default:
      return ReadingForm::kOther;
  }
}

inline constexpr auto kReadingForms = [] {
  std::array<ReadingForm, 256> forms = {};
  for (size_t byte = 0; byte < forms.size(); ++byte) {
    const std::optional<Opcode> opcode =
        OpcodeFromByte(static_cast<uint8_t>(byte));
    forms[byte] =
        opcode ? FormOf(Info(*opcode).immediate) : ReadingForm::kOther;
  }
  return forms;
}();

// What is behind the first byte, which has been read.
void ReadAfterByte(uint8_t byte, ByteReader& reader, Instruction& instruction);

}  // namespace internal

// Reads one instruction into `instruction`; on failure the reader has the
// error and the contents are arbitrary.
inline void ReadInstruction(ByteReader& reader, Instruction& instruction) {
  instruction.offset = reader.offset();
  const uint8_t byte = reader.Byte();
  const internal::ReadingForm form = internal::kReadingForms[byte];
  if (form == internal::ReadingForm::kOther) {
    return internal::ReadAfterByte(byte, reader, instruction);
  }
  // Two of three instructions: without a jump for their kind.
  instruction.opcode = *OpcodeFromByte(byte);
  if (form == internal::ReadingForm::kIndex) instruction.index = reader.U32();
}
void WriteInstruction(const Instruction& instruction, ByteWriter& writer);

// Iterates over a body:
//
//   InstructionReader reader(module, module.functions[i].body);
//   for (const LocalGroup& group : reader.locals()) ...
//   while (reader.Next(instruction)) ...
//   if (!reader.ok()) return reader.status();   // not needed if validated
class InstructionReader {
 public:
  // A function body. If its local declarations are malformed, Next() returns
  // false at once.
  InstructionReader(const Module& module, ByteRange body)
      : reader_(module.Bytes(body), body.offset) {
    ReadLocals(reader_, locals_);
  }
  // A constant expression.
  InstructionReader(const Module& module, ConstExpr expression)
      : reader_(module.Bytes(expression), expression.bytes.offset) {}

  absl::Span<const LocalGroup> locals() const { return locals_; }

  // Reads the next instruction; false at the end and after an error. Blocks
  // are not matched: a body is to be read until the end of its bytes.
  bool Next(Instruction& instruction) {
    if (reader_.AtEnd()) return false;
    ReadInstruction(reader_, instruction);
    return reader_.ok();
  }

  bool ok() const { return reader_.ok(); }
  absl::Status status() const { return reader_.status(); }
  const ByteReader& reader() const { return reader_; }
  // Offset in the file of the next instruction.
  uint32_t offset() const { return reader_.offset(); }

 private:
  ByteReader reader_;
  std::vector<LocalGroup> locals_;
};

// Skips an expression (5.4.9) up to and including its `end`; nested blocks are
// matched.
void SkipExpression(ByteReader& reader);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_INSTRUCTION_CODEC_H_
