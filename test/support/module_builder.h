// Modules built in memory, instruction by instruction, for tests of what comes
// after the front end and for generated functions.
#ifndef WASIJIT_TEST_SUPPORT_MODULE_BUILDER_H_
#define WASIJIT_TEST_SUPPORT_MODULE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::test {

// An instruction with one index or number as its immediate.
inline compiler::Instruction Op(compiler::Opcode opcode, uint32_t index = 0,
                                uint32_t index2 = 0) {
  compiler::Instruction instruction;
  instruction.opcode = opcode;
  instruction.index = index;
  instruction.index2 = index2;
  return instruction;
}
inline compiler::Instruction Const(compiler::Opcode opcode, uint64_t bits) {
  compiler::Instruction instruction;
  instruction.opcode = opcode;
  instruction.bits = bits;
  return instruction;
}
inline compiler::Instruction Structured(compiler::Opcode opcode,
                                        compiler::BlockType type) {
  compiler::Instruction instruction;
  instruction.opcode = opcode;
  instruction.block = type;
  return instruction;
}

// Nothing is checked: what the module does is up to the caller.
class ModuleBuilder {
 public:
  // Index of the function type, the same for equal ones.
  uint32_t Type(const FuncType& type) {
    for (uint32_t i = 0; i < module_.types.size(); ++i) {
      if (module_.FuncTypeAt(i) == type) return i;
    }
    const uint32_t index = static_cast<uint32_t>(module_.types.size());
    SubType definition;
    definition.composite = type;
    module_.types.push_back(definition);
    module_.rec_groups.push_back({index, 1});
    return index;
  }

  // Imports come before functions, memories and globals of the module's own.
  uint32_t ImportFunction(const FuncType& type) {
    const uint32_t index = Type(type);
    Import(FunctionExternType{.type = index});
    module_.functions.push_back({.type = index, .body = {}});
    return module_.num_imported_functions++;
  }
  uint32_t ImportMemory(const MemoryType& type) {
    Import(type);
    module_.memories.push_back(type);
    return module_.num_imported_memories++;
  }

  uint32_t Memory(const MemoryType& type) {
    module_.memories.push_back(type);
    return static_cast<uint32_t>(module_.memories.size()) - 1;
  }
  uint32_t Global(const GlobalType& type, const compiler::Instruction& init) {
    ByteWriter writer;
    compiler::WriteInstruction(init, writer);
    compiler::WriteInstruction(Op(compiler::Opcode::kEnd), writer);
    module_.globals.push_back({.type = type, .init = {Append(writer)}});
    return static_cast<uint32_t>(module_.globals.size()) - 1;
  }
  // A passive segment.
  uint32_t Data() {
    module_.data.emplace_back();
    return static_cast<uint32_t>(module_.data.size()) - 1;
  }
  uint32_t Elements() {
    ElementSegment& segment = module_.elements.emplace_back();
    segment.type = ValueType::FuncRef();
    return static_cast<uint32_t>(module_.elements.size()) - 1;
  }

  // The function's final `end` is added. Its name is its export.
  uint32_t Function(const FuncType& type,
                    absl::Span<const compiler::LocalGroup> locals,
                    absl::Span<const compiler::Instruction> body) {
    ByteWriter writer;
    compiler::WriteLocals(locals, writer);
    for (const compiler::Instruction& instruction : body) {
      compiler::WriteInstruction(instruction, writer);
    }
    compiler::WriteInstruction(Op(compiler::Opcode::kEnd), writer);
    const ByteRange range = Append(writer);
    const uint32_t index = static_cast<uint32_t>(module_.functions.size());
    module_.functions.push_back({.type = Type(type), .body = range});
    module_.exports.push_back({.name = absl::StrCat("f", index),
                               .kind = ExternKind::kFunction,
                               .index = index});
    return index;
  }

  Module Build() && {
    module_.bytes =
        std::make_shared<const std::vector<uint8_t>>(std::move(bytes_));
    return std::move(module_);
  }

 private:
  ByteRange Append(const ByteWriter& writer) {
    const ByteRange range = {static_cast<uint32_t>(bytes_.size()),
                             static_cast<uint32_t>(writer.size())};
    bytes_.insert(bytes_.end(), writer.bytes().begin(), writer.bytes().end());
    return range;
  }
  void Import(const ExternType& type) {
    module_.imports.push_back(
        {"test", absl::StrCat(module_.imports.size()), type});
  }

  Module module_;
  // No body begins at offset 0, which as a location means none.
  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(8);
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_MODULE_BUILDER_H_
