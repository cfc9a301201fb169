#include "compiler/binary/section_decoders.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/binary/type_codec.h"
#include "runtime/module/value_type_codec.h"

namespace wasijit::compiler {
namespace {

// Segment flags (5.5.12, 5.5.14).
constexpr uint32_t kNotActive = 1;
constexpr uint32_t kHasIndexOrIsDeclarative = 2;
constexpr uint32_t kHasExpressions = 4;
constexpr uint32_t kElementFlagsEnd = 8;
constexpr uint32_t kDataFlagsEnd = 3;

// A count that stays below an implementation limit together with what is there
// already.
uint32_t ReadCount(ByteReader& reader, uint32_t limit, size_t present,
                   const char* limit_message) {
  const uint32_t count = reader.Count();
  if (present > limit || count > limit - present) {
    reader.FailLimit(limit_message);
  }
  return reader.ok() ? count : 0;
}

std::string ReadName(ByteReader& reader) {
  const absl::string_view name = reader.Name();
  if (name.size() > kMaxNameSize) reader.FailLimit("name too long");
  return std::string(name);
}

ConstExpr ReadConstExpr(ByteReader& reader) {
  const uint32_t start = reader.offset();
  SkipExpression(reader);
  return {{start, reader.offset() - start}};
}

void ReadRecGroup(ByteReader& reader, Module& module) {
  RecGroup group{.first = static_cast<uint32_t>(module.types.size()),
                 .count = 1};
  if (reader.Peek() == kRecGroup) {
    reader.Byte();
    group.count =
        ReadCount(reader, kMaxTypes, module.types.size(), "too many types");
  }
  for (uint32_t i = 0; i < group.count && reader.ok(); ++i) {
    module.types.push_back(ReadSubType(reader));
  }
  module.rec_groups.push_back(group);
}

void DecodeTypes(ByteReader& reader, Module& module) {
  const uint32_t count = ReadCount(reader, kMaxTypes, 0, "too many types");
  module.types.reserve(count);
  module.rec_groups.reserve(count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    if (module.types.size() >= kMaxTypes) reader.FailLimit("too many types");
    ReadRecGroup(reader, module);
  }
}

// Adds an imported entity to its index space.
struct ImportAdder {
  Module& module;

  void operator()(const FunctionExternType& type) const {
    module.functions.push_back({type.type, {}});
    ++module.num_imported_functions;
  }
  void operator()(const TableType& type) const {
    module.tables.push_back({type, {}});
    ++module.num_imported_tables;
  }
  void operator()(const MemoryType& type) const {
    module.memories.push_back(type);
    ++module.num_imported_memories;
  }
  void operator()(const GlobalType& type) const {
    module.globals.push_back({type, {}});
    ++module.num_imported_globals;
  }
  void operator()(const TagType& type) const {
    module.tags.push_back(type);
    ++module.num_imported_tags;
  }
};

void DecodeImports(FeatureSet features, ByteReader& reader, Module& module) {
  const uint32_t count = ReadCount(reader, kMaxImports, 0, "too many imports");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Import import;
    import.module = ReadName(reader);
    import.name = ReadName(reader);
    import.type = ReadExternType(reader, features);
    std::visit(ImportAdder{module}, import.type);
    module.imports.push_back(std::move(import));
  }
  if (module.tables.size() > kMaxTables ||
      module.memories.size() > kMaxMemories) {
    reader.FailLimit("too many imports");
  }
}

void DecodeFunctions(ByteReader& reader, Module& module) {
  const uint32_t count = ReadCount(
      reader, kMaxFunctions, module.functions.size(), "too many functions");
  module.functions.reserve(module.functions.size() + count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    module.functions.push_back({reader.U32(), {}});
  }
}

void DecodeTables(ByteReader& reader, Module& module) {
  const uint32_t count =
      ReadCount(reader, kMaxTables, module.tables.size(), "too many tables");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    ModuleTable table;
    const bool has_init = reader.Peek() == kTableWithInit;
    if (has_init) {
      reader.Byte();
      if (reader.Byte() != 0) reader.Fail("zero byte expected");
    }
    table.type = ReadTableType(reader);
    if (has_init) table.init = ReadConstExpr(reader);
    module.tables.push_back(table);
  }
}

void DecodeMemories(FeatureSet features, ByteReader& reader, Module& module) {
  const uint32_t count = ReadCount(reader, kMaxMemories, module.memories.size(),
                                   "too many memories");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    module.memories.push_back(ReadMemoryType(reader, features));
  }
}

void DecodeTags(ByteReader& reader, Module& module) {
  const uint32_t count =
      ReadCount(reader, kMaxTags, module.tags.size(), "too many tags");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    module.tags.push_back(ReadTagType(reader));
  }
}

void DecodeGlobals(ByteReader& reader, Module& module) {
  const uint32_t count =
      ReadCount(reader, kMaxGlobals, module.globals.size(), "too many globals");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    ModuleGlobal global;
    global.type = ReadGlobalType(reader);
    global.init = ReadConstExpr(reader);
    module.globals.push_back(global);
  }
}

void DecodeExports(ByteReader& reader, Module& module) {
  const uint32_t count = ReadCount(reader, kMaxExports, 0, "too many exports");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Export exported;
    exported.name = ReadName(reader);
    const uint8_t kind = reader.Byte();
    if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
      reader.FailAt("malformed export kind", reader.offset() - 1);
      return;
    }
    exported.kind = static_cast<ExternKind>(kind);
    exported.index = reader.U32();
    module.exports.push_back(std::move(exported));
  }
}

SegmentMode ModeFromFlags(uint32_t flags) {
  if ((flags & kNotActive) == 0) return SegmentMode::kActive;
  return (flags & kHasIndexOrIsDeclarative) == 0 ? SegmentMode::kPassive
                                                 : SegmentMode::kDeclarative;
}

// The type of a segment's elements; short forms leave it out.
ValueType ReadElementType(uint32_t flags, ByteReader& reader) {
  const bool expressions = (flags & kHasExpressions) != 0;
  if ((flags & (kNotActive | kHasIndexOrIsDeclarative)) == 0) {
    return ValueType::Ref(AbstractHeapType::kFunc, /*nullable=*/expressions);
  }
  if (expressions) return ReadReferenceType(reader);
  if (reader.Byte() != 0) {
    reader.FailAt("malformed element kind", reader.offset() - 1);
  }
  return ValueType::Ref(AbstractHeapType::kFunc, /*nullable=*/false);
}

void ReadElementItems(uint32_t flags, ByteReader& reader,
                      ElementSegment& segment) {
  const uint32_t count = reader.Count();
  if (!reader.ok()) return;
  if ((flags & kHasExpressions) != 0) {
    auto& items = segment.items.emplace<std::vector<ConstExpr>>();
    items.reserve(count);
    for (uint32_t i = 0; i < count && reader.ok(); ++i) {
      items.push_back(ReadConstExpr(reader));
    }
    return;
  }
  auto& items = segment.items.emplace<std::vector<uint32_t>>();
  items.reserve(count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    items.push_back(reader.U32());
  }
}

void DecodeElements(ByteReader& reader, Module& module) {
  const uint32_t count =
      ReadCount(reader, kMaxElementSegments, 0, "too many element segments");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t start = reader.offset();
    const uint32_t flags = reader.U32();
    if (flags >= kElementFlagsEnd) {
      reader.FailAt("malformed elements segment kind", start);
      return;
    }
    ElementSegment segment;
    segment.mode = ModeFromFlags(flags);
    if (segment.mode == SegmentMode::kActive) {
      if ((flags & kHasIndexOrIsDeclarative) != 0) segment.table = reader.U32();
      segment.offset = ReadConstExpr(reader);
    }
    segment.type = ReadElementType(flags, reader);
    ReadElementItems(flags, reader, segment);
    module.elements.push_back(std::move(segment));
  }
}

void DecodeCode(ByteReader& reader, std::vector<ByteRange>& bodies) {
  const uint32_t count =
      ReadCount(reader, kMaxFunctions, 0, "too many functions");
  bodies.reserve(count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t size = reader.Count();
    if (size > kMaxFunctionSize) reader.FailLimit("function body too long");
    bodies.push_back({reader.offset(), size});
    reader.Bytes(size);
  }
}

void DecodeData(ByteReader& reader, Module& module) {
  const uint32_t count =
      ReadCount(reader, kMaxDataSegments, 0, "too many data segments");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t start = reader.offset();
    const uint32_t flags = reader.U32();
    if (flags >= kDataFlagsEnd) {
      reader.FailAt("malformed data segment kind", start);
      return;
    }
    DataSegment segment;
    segment.mode = ModeFromFlags(flags);
    if (segment.mode == SegmentMode::kActive) {
      if ((flags & kHasIndexOrIsDeclarative) != 0)
        segment.memory = reader.U32();
      segment.offset = ReadConstExpr(reader);
    }
    const uint32_t size = reader.Count();
    segment.bytes = {reader.offset(), size};
    reader.Bytes(size);
    module.data.push_back(segment);
  }
}

ByteRange ReadNameRange(ByteReader& reader) {
  const absl::string_view name = reader.Name();
  const auto size = static_cast<uint32_t>(name.size());
  return {reader.offset() - size, size};
}

std::vector<NameAssociation> ReadNameMap(ByteReader& reader) {
  std::vector<NameAssociation> names;
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    NameAssociation association;
    association.index = reader.U32();
    association.name = ReadNameRange(reader);
    if (!names.empty() && names.back().index >= association.index) {
      reader.Fail("names out of order");
    }
    names.push_back(association);
  }
  return names;
}

void DecodeNames(ByteReader reader, Module& module) {
  Names names;
  while (!reader.AtEnd()) {
    const uint8_t id = reader.Byte();
    const uint32_t size = reader.Count();
    const uint32_t start = reader.offset();
    ByteReader content = reader.Sub(size);
    switch (id) {
      case kModuleNameSubsection:
        names.module = ReadNameRange(content);
        break;
      case kFunctionNamesSubsection:
        names.functions = ReadNameMap(content);
        break;
      case kLocalNamesSubsection:
        names.locals = {start, size};
        break;
      default:
        break;
    }
    if (!content.ok()) return;
  }
  if (reader.ok()) module.names = std::move(names);
}

}  // namespace

void DecodeSection(SectionId id, FeatureSet features, ByteReader& reader,
                   Module& module, std::vector<ByteRange>& bodies) {
  switch (id) {
    case SectionId::kCustom:
      return;
    case SectionId::kType:
      return DecodeTypes(reader, module);
    case SectionId::kImport:
      return DecodeImports(features, reader, module);
    case SectionId::kFunction:
      return DecodeFunctions(reader, module);
    case SectionId::kTable:
      return DecodeTables(reader, module);
    case SectionId::kMemory:
      return DecodeMemories(features, reader, module);
    case SectionId::kTag:
      return DecodeTags(reader, module);
    case SectionId::kGlobal:
      return DecodeGlobals(reader, module);
    case SectionId::kExport:
      return DecodeExports(reader, module);
    case SectionId::kStart:
      module.start = reader.U32();
      return;
    case SectionId::kElement:
      return DecodeElements(reader, module);
    case SectionId::kDataCount:
      module.data_count = reader.U32();
      return;
    case SectionId::kCode:
      return DecodeCode(reader, bodies);
    case SectionId::kData:
      return DecodeData(reader, module);
  }
}

void DecodeCustomSection(SectionId after, ByteReader& reader, Module& module) {
  CustomSection section;
  section.name = ReadName(reader);
  section.payload = {reader.offset(),
                     static_cast<uint32_t>(reader.remaining())};
  section.after_section = static_cast<uint8_t>(after);
  if (!reader.ok()) return;
  if (section.name == kNameSection) DecodeNames(reader, module);
  reader.Bytes(reader.remaining());
  module.custom_sections.push_back(std::move(section));
}

}  // namespace wasijit::compiler
