#include "compiler/lowering/body_scan.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compiler/binary/instruction_codec.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

std::vector<ValueType> LocalTypes(const Module& module, uint32_t function) {
  std::vector<ValueType> types = module.FunctionType(function).params;
  const InstructionReader reader(module, module.functions[function].body);
  for (const LocalGroup& group : reader.locals()) {
    types.insert(types.end(), group.count, group.type);
  }
  return types;
}

}  // namespace

BodyScan::BodyScan(const Module& module, uint32_t function)
    : locals_(LocalTypes(module, function)),
      assignments_(static_cast<uint32_t>(locals_.size())),
      last_reads_(locals_.size()) {
  std::vector<size_t> open;
  InstructionReader reader(module, module.functions[function].body);
  Instruction instruction;
  while (reader.Next(instruction)) {
    switch (instruction.verb()) {
      case Verb::kBlock:
      case Verb::kLoop:
      case Verb::kIf:
      case Verb::kTry:
      case Verb::kTryTable:
        open.push_back(constructs_.size());
        constructs_.push_back({instruction.offset, 0});
        break;
      case Verb::kEnd:
      case Verb::kDelegate:
        // The last one ends the function.
        if (open.empty()) break;
        constructs_[open.back()].end = instruction.offset;
        open.pop_back();
        break;
      case Verb::kLocalGet:
        last_reads_[instruction.index] = instruction.offset;
        break;
      case Verb::kLocalSet:
      case Verb::kLocalTee:
        assignments_.Add(instruction.index, instruction.offset);
        break;
      default:
        break;
    }
  }
}

BytecodeRange BodyScan::ConstructAt(uint32_t bytecode_offset) const {
  return *std::lower_bound(constructs_.begin(), constructs_.end(),
                           bytecode_offset,
                           [](const BytecodeRange& construct, uint32_t offset) {
                             return construct.begin < offset;
                           });
}

}  // namespace wasijit::compiler
