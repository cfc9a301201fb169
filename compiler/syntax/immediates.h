// What follows an opcode: the kinds of immediates and the types they need.
#ifndef WASIJIT_COMPILER_SYNTAX_IMMEDIATES_H_
#define WASIJIT_COMPILER_SYNTAX_IMMEDIATES_H_

#include <cstdint>

#include "runtime/module/types.h"

namespace wasijit::compiler {

// Decoder, encoder, text parser and printer switch over these, never over
// opcodes. Behind each: the fields of Instruction it fills.
enum class ImmediateKind : uint8_t {
  kNone,
  kBlock,         // block
  kTryTable,      // block, catches
  kLabel,         // index: label
  kBrTable,       // labels: targets, then the default
  kFunction,      // index: function
  kCallIndirect,  // index: type, index2: table
  kType,          // index: type
  kLocal,         // index: local
  kGlobal,        // index: global
  kTag,           // index: tag
  kTable,         // index: table
  kTableTable,    // index: destination table, index2: source table
  kTableInit,     // index: element segment, index2: table
  kElement,       // index: element segment
  kMemory,        // index: memory
  kMemoryMemory,  // index: destination memory, index2: source memory
  kMemoryInit,    // index: data segment, index2: memory
  kData,          // index: data segment
  kMemArg,        // memarg
  kMemArgLane,    // memarg, lane
  kLane,          // lane
  kShuffle,       // v128: sixteen lane indices
  kI32,           // bits, zero-extended
  kI64,           // bits
  kF32,           // bits, zero-extended
  kF64,           // bits
  kV128,          // v128
  kSelect,        // types
  kHeapType,      // type: the reference type; its nullability is the opcode's
                  // (ref.null: nullable)
  kBrOnCast,      // index: label, type: source type, type2: target type
  kTypeField,     // index: type, index2: field
  kTypeCount,     // index: type, index2: number of elements
  kTypeData,      // index: type, index2: data segment
  kTypeElement,   // index: type, index2: element segment
  kTypeType,      // index: destination type, index2: source type
  kAtomicFence,   // one reserved byte, zero
};

// Memory operand of loads, stores and atomics.
struct MemArg {
  uint64_t offset = 0;
  uint32_t memory = 0;
  // log2 of the promised alignment.
  uint8_t align_log2 = 0;

  friend bool operator==(const MemArg&, const MemArg&) = default;
};

// The type of a structured instruction: nothing, one result, or a function
// type by index.
struct BlockType {
  enum class Kind : uint8_t { kEmpty, kValue, kTypeIndex };
  Kind kind = Kind::kEmpty;
  // If kind is kValue.
  ValueType value;
  // If kind is kTypeIndex.
  uint32_t type_index = 0;

  static BlockType Empty() { return {}; }
  static BlockType Value(ValueType type) {
    return {.kind = Kind::kValue, .value = type};
  }
  static BlockType Type(uint32_t index) {
    return {.kind = Kind::kTypeIndex, .value = {}, .type_index = index};
  }
  friend bool operator==(const BlockType&, const BlockType&) = default;
};

// A clause of try_table; the enumerators are the binary encoding.
struct CatchClause {
  enum class Kind : uint8_t {
    kCatch = 0,
    kCatchRef = 1,
    kCatchAll = 2,
    kCatchAllRef = 3,
  };
  Kind kind = Kind::kCatch;
  // Unless the clause catches all.
  uint32_t tag = 0;
  uint32_t label = 0;

  bool HasTag() const { return kind <= Kind::kCatchRef; }
  bool HasReference() const {
    return kind == Kind::kCatchRef || kind == Kind::kCatchAllRef;
  }
  friend bool operator==(const CatchClause&, const CatchClause&) = default;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_SYNTAX_IMMEDIATES_H_
