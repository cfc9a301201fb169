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

// A phi takes a microsecond and half a kilobyte until it is machine code.
constexpr uint64_t kMaxPairs = 100'000;
// Of each local through all constructs; each step takes some nanoseconds.
constexpr uint64_t kMaxSearches = 20'000'000;

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
  std::vector<uint32_t> last_assigned(locals_.size());
  const auto note_assignment = [&](uint32_t local, uint32_t offset) {
    // Those that have been opened since the last one did not have it yet.
    const auto first_new =
        std::upper_bound(open.begin(), open.end(), last_assigned[local],
                         [&](uint32_t assigned, size_t construct) {
                           return assigned < constructs_[construct].begin;
                         });
    assigned_pairs_ += static_cast<uint64_t>(open.end() - first_new);
    last_assigned[local] = offset;
    assignments_.Add(local, offset);
  };
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
        note_assignment(instruction.index, instruction.offset);
        break;
      default:
        break;
    }
  }
}

bool BodyScan::KeepsLocalsInMemory() const {
  return assigned_pairs_ > kMaxPairs ||
         locals_.size() * constructs_.size() > kMaxSearches;
}

BytecodeRange BodyScan::ConstructAt(uint32_t bytecode_offset) const {
  return *std::lower_bound(constructs_.begin(), constructs_.end(),
                           bytecode_offset,
                           [](const BytecodeRange& construct, uint32_t offset) {
                             return construct.begin < offset;
                           });
}

}  // namespace wasijit::compiler
