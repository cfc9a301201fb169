#include "compiler/binary/branch_hints.h"

#include "runtime/module/byte_reader.h"

namespace wasijit::compiler {
namespace {

// A hint's value is preceded by its size in bytes.
constexpr uint32_t kValueSize = 1;

void ReadHints(ByteReader& reader, std::vector<BranchHint>& hints) {
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t offset = reader.U32();
    if (!hints.empty() && hints.back().offset >= offset) {
      return reader.Fail("branch hints out of order");
    }
    if (reader.U32() != kValueSize) {
      return reader.Fail("malformed branch hint");
    }
    const uint8_t value = reader.Byte();
    if (value > 1) return reader.Fail("malformed branch hint");
    hints.push_back({offset, value});
  }
}

}  // namespace

void WriteBranchHints(absl::Span<const FunctionBranchHints> functions,
                      ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(functions.size()));
  for (const FunctionBranchHints& function : functions) {
    writer.U32(function.function);
    writer.U32(static_cast<uint32_t>(function.hints.size()));
    for (const BranchHint& hint : function.hints) {
      writer.U32(hint.offset);
      writer.U32(kValueSize);
      writer.Byte(hint.value);
    }
  }
}

absl::StatusOr<std::vector<FunctionBranchHints>> ReadBranchHints(
    absl::Span<const uint8_t> content) {
  std::vector<FunctionBranchHints> functions;
  ByteReader reader(content);
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t function = reader.U32();
    if (!functions.empty() && functions.back().function >= function) {
      reader.Fail("branch hints out of order");
      break;
    }
    functions.push_back({function, {}});
    ReadHints(reader, functions.back().hints);
  }
  if (reader.ok() && !reader.AtEnd()) reader.Fail("section size mismatch");
  if (!reader.ok()) return reader.status();
  return functions;
}

}  // namespace wasijit::compiler
