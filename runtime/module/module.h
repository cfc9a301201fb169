// A decoded WebAssembly module: its declarations as data, and the bytes of its
// function bodies, constant expressions and data, untouched.
//
// Both the binary decoder and the text parser build it; validation says whether
// it may be compiled; the runtime instantiates it. A Module that has been
// validated is immutable and may be read by any number of threads.
//
// (ModuleFunction and its like are declarations; Function, Table, Global are
// the objects of a store.)
#ifndef WASIJIT_RUNTIME_MODULE_MODULE_H_
#define WASIJIT_RUNTIME_MODULE_MODULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/module/types.h"

namespace wasijit {

// A part of Module::bytes.
struct ByteRange {
  uint32_t offset = 0;
  uint32_t size = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// The bytes of a constant expression, its final `end` included. Empty where
// there is none.
struct ConstExpr {
  ByteRange bytes;

  bool IsEmpty() const { return bytes.size == 0; }
  friend bool operator==(const ConstExpr&, const ConstExpr&) = default;
};

struct Import {
  std::string module;
  std::string name;
  ExternType type;
};

struct ModuleFunction {
  // Index of its function type.
  uint32_t type = 0;
  // Local declarations and code, without the preceding size. Empty for imports
  // and in modules that were read from a code image.
  ByteRange body;
};

struct ModuleTable {
  TableType type;
  // Initial value of every element; empty means null, and for imports.
  ConstExpr init;
};

struct ModuleGlobal {
  GlobalType type;
  // Empty for imports.
  ConstExpr init;
};

struct Export {
  std::string name;
  ExternKind kind = ExternKind::kFunction;
  // In the index space of the kind.
  uint32_t index = 0;
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::kPassive;
  // Of active segments.
  uint32_t table = 0;
  ConstExpr offset;

  ValueType type;
  // Function indices, or expressions.
  std::variant<std::vector<uint32_t>, std::vector<ConstExpr>> items;

  size_t ItemCount() const {
    return std::visit([](const auto& list) { return list.size(); }, items);
  }
};

struct DataSegment {
  // Never kDeclarative.
  SegmentMode mode = SegmentMode::kPassive;
  // Of active segments.
  uint32_t memory = 0;
  ConstExpr offset;

  ByteRange bytes;
};

struct CustomSection {
  std::string name;
  // Content after the name.
  ByteRange payload;
  // Id of the last section before it that is not custom; 0 if there is none.
  uint8_t after_section = 0;
};

struct NameAssociation {
  uint32_t index = 0;
  ByteRange name;
};

// What the name section says. A malformed section counts as absent. Names are
// UTF-8 and come from the input: escape them before printing.
struct Names {
  std::optional<ByteRange> module;
  // Ascending by index, without duplicates.
  std::vector<NameAssociation> functions;
  // Content of the subsection of local names (an indirect name map), which is
  // read on demand by LocalNames(); empty if absent.
  ByteRange locals;
};

// The bit of Module::features_used for garbage-collected objects.
inline constexpr uint64_t kGcFeature = uint64_t{1} << 11;

struct Module {
  // The file, or what the text parser encoded; ranges and offsets in error
  // messages, locations and backtraces refer to it. Never null in a module
  // that a decoder or parser returned; smaller than 4 GiB.
  std::shared_ptr<const std::vector<uint8_t>> bytes;

  std::vector<SubType> types;
  // Partition `types`, ascending.
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;

  // Each index space: imports first, in the order of `imports`.
  std::vector<ModuleFunction> functions;
  std::vector<ModuleTable> tables;
  std::vector<MemoryType> memories;
  std::vector<ModuleGlobal> globals;
  std::vector<TagType> tags;
  uint32_t num_imported_functions = 0;
  uint32_t num_imported_tables = 0;
  uint32_t num_imported_memories = 0;
  uint32_t num_imported_globals = 0;
  uint32_t num_imported_tags = 0;

  std::vector<Export> exports;
  // Index of the start function.
  std::optional<uint32_t> start;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  // Content of the data count section.
  std::optional<uint32_t> data_count;

  Names names;
  std::vector<CustomSection> custom_sections;

  // Proposals that the module needs: bit n stands for row n of
  // compiler/syntax/features.def. Set by validation.
  uint64_t features_used = 0;

  // REQUIRES: `range` lies within `bytes`.
  absl::Span<const uint8_t> Bytes(ByteRange range) const {
    return absl::MakeConstSpan(*bytes).subspan(range.offset, range.size);
  }
  absl::Span<const uint8_t> Bytes(ConstExpr expr) const {
    return Bytes(expr.bytes);
  }
  absl::string_view Text(ByteRange range) const;

  uint32_t num_defined_functions() const {
    return static_cast<uint32_t>(functions.size()) - num_imported_functions;
  }

  // The function type at a type index, or of a function of the module.
  // REQUIRES: the module is valid, the index exists and is a function type's.
  const FuncType& FuncTypeAt(uint32_t type) const {
    return std::get<FuncType>(types[type].composite);
  }
  const FuncType& FunctionType(uint32_t function) const {
    return FuncTypeAt(functions[function].type);
  }
  const FuncType& TagParameters(uint32_t tag) const {
    return FuncTypeAt(tags[tag].type);
  }

  // From the name section; empty if it has none for the function.
  absl::string_view FunctionName(uint32_t function) const;
  // Local names of one function, ascending by local index; empty if there are
  // none or they are malformed.
  std::vector<NameAssociation> LocalNames(uint32_t function) const;

  // Null if there is none of that name.
  const Export* FindExport(absl::string_view name) const;

  // The root of the hierarchy that a heap type belongs to: func, extern, any or
  // exn. REQUIRES: the module is valid; not the bottom type.
  AbstractHeapType Top(HeapType type) const;
};

// Functions that references can be made to, ascending: those exported, in
// element segments or in constant expressions (specification, 3.4.14). In a
// valid module ref.func names no others.
std::vector<uint32_t> ReferencedFunctions(const Module& module);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_MODULE_H_
