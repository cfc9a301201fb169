#include "compiler/binary/module_encoder.h"

#include <utility>
#include <variant>

#include "absl/types/span.h"
#include "compiler/binary/section.h"
#include "compiler/binary/type_codec.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/value_type_codec.h"

namespace wasijit::compiler {
namespace {

class ModuleEncoder {
 public:
  explicit ModuleEncoder(const Module& module) : module_(module) {}

  std::vector<uint8_t> Encode() && {
    out_.Bytes(kMagic);
    out_.Bytes(kVersion);
    AddCustomSections(SectionId::kCustom);
    for (SectionId id : kSectionOrder) {
      AddSection(id);
      AddCustomSections(id);
    }
    return out_.Take();
  }

 private:
  template <typename T>
  static absl::Span<const T> OwnOf(const std::vector<T>& all,
                                   uint32_t imported) {
    return absl::MakeConstSpan(all).subspan(imported);
  }

  void Add(SectionId id, ByteWriter content) {
    out_.Byte(static_cast<uint8_t>(id));
    out_.SizedBytes(content.bytes());
  }

  // A section that is a vector; none if the vector is empty.
  template <typename List, typename Write>
  void AddVector(SectionId id, const List& list, Write write) {
    if (list.empty()) return;
    ByteWriter content;
    content.U32(static_cast<uint32_t>(list.size()));
    for (const auto& item : list) write(item, content);
    Add(id, std::move(content));
  }

  void AddNumber(SectionId id, const std::optional<uint32_t>& number) {
    if (!number) return;
    ByteWriter content;
    content.U32(*number);
    Add(id, std::move(content));
  }

  void AddSection(SectionId id) {
    const auto write = [this](const auto& item, ByteWriter& writer) {
      Write(item, writer);
    };
    switch (id) {
      case SectionId::kCustom:
        return;
      case SectionId::kType:
        return AddVector(id, module_.rec_groups, write);
      case SectionId::kImport:
        return AddVector(id, module_.imports, write);
      case SectionId::kFunction:
        return AddVector(
            id, OwnOf(module_.functions, module_.num_imported_functions),
            [](const ModuleFunction& function, ByteWriter& writer) {
              writer.U32(function.type);
            });
      case SectionId::kTable:
        return AddVector(id, OwnOf(module_.tables, module_.num_imported_tables),
                         write);
      case SectionId::kMemory:
        return AddVector(id,
                         OwnOf(module_.memories, module_.num_imported_memories),
                         WriteMemoryType);
      case SectionId::kTag:
        return AddVector(id, OwnOf(module_.tags, module_.num_imported_tags),
                         WriteTagType);
      case SectionId::kGlobal:
        return AddVector(
            id, OwnOf(module_.globals, module_.num_imported_globals), write);
      case SectionId::kExport:
        return AddVector(id, module_.exports, write);
      case SectionId::kStart:
        return AddNumber(id, module_.start);
      case SectionId::kElement:
        return AddVector(id, module_.elements, write);
      case SectionId::kDataCount:
        return AddNumber(id, module_.data_count);
      case SectionId::kCode:
        return AddVector(
            id, OwnOf(module_.functions, module_.num_imported_functions),
            [this](const ModuleFunction& function, ByteWriter& writer) {
              writer.SizedBytes(module_.Bytes(function.body));
            });
      case SectionId::kData:
        return AddVector(id, module_.data, write);
    }
  }

  void Write(ConstExpr expression, ByteWriter& writer) const {
    writer.Bytes(module_.Bytes(expression));
  }

  void Write(const RecGroup& group, ByteWriter& writer) const {
    if (group.count != 1) {
      writer.Byte(kRecGroup);
      writer.U32(group.count);
    }
    for (uint32_t i = 0; i < group.count; ++i) {
      WriteSubType(module_.types[group.first + i], writer);
    }
  }

  void Write(const Import& import, ByteWriter& writer) const {
    writer.Name(import.module);
    writer.Name(import.name);
    WriteExternType(import.type, writer);
  }

  void Write(const ModuleTable& table, ByteWriter& writer) const {
    if (!table.init.IsEmpty()) {
      writer.Byte(kTableWithInit);
      writer.Byte(0x00);
    }
    WriteTableType(table.type, writer);
    Write(table.init, writer);
  }

  void Write(const ModuleGlobal& global, ByteWriter& writer) const {
    WriteGlobalType(global.type, writer);
    Write(global.init, writer);
  }

  void Write(const Export& exported, ByteWriter& writer) const {
    writer.Name(exported.name);
    writer.Byte(static_cast<uint8_t>(exported.kind));
    writer.U32(exported.index);
  }

  // Flags: bit 0 not active, bit 1 explicit index or declarative, bit 2
  // expressions.
  void Write(const ElementSegment& segment, ByteWriter& writer) const {
    const auto* functions = std::get_if<std::vector<uint32_t>>(&segment.items);
    const bool active = segment.mode == SegmentMode::kActive;
    const bool short_form =
        active && segment.table == 0 &&
        segment.type == ValueType::Ref(AbstractHeapType::kFunc,
                                       /*nullable=*/functions == nullptr);
    const bool bit1 =
        active ? !short_form : segment.mode == SegmentMode::kDeclarative;
    writer.U32((active ? 0 : 1) | (bit1 ? 2 : 0) |
               (functions == nullptr ? 4 : 0));
    if (active && !short_form) writer.U32(segment.table);
    Write(segment.offset, writer);
    if (!short_form) {
      if (functions != nullptr) {
        writer.Byte(0x00);
      } else {
        WriteValueType(segment.type, writer);
      }
    }
    writer.U32(static_cast<uint32_t>(segment.ItemCount()));
    if (functions != nullptr) {
      for (uint32_t function : *functions) writer.U32(function);
      return;
    }
    for (ConstExpr item : std::get<std::vector<ConstExpr>>(segment.items)) {
      Write(item, writer);
    }
  }

  void Write(const DataSegment& segment, ByteWriter& writer) const {
    const bool active = segment.mode == SegmentMode::kActive;
    const bool explicit_memory = active && segment.memory != 0;
    writer.U32(explicit_memory ? 2 : active ? 0 : 1);
    if (explicit_memory) writer.U32(segment.memory);
    Write(segment.offset, writer);
    writer.SizedBytes(module_.Bytes(segment.bytes));
  }

  void AddCustomSections(SectionId after) {
    for (const CustomSection& section : module_.custom_sections) {
      if (section.after_section != static_cast<uint8_t>(after)) continue;
      ByteWriter content;
      content.Name(section.name);
      content.Bytes(module_.Bytes(section.payload));
      Add(SectionId::kCustom, std::move(content));
    }
  }

  const Module& module_;
  ByteWriter out_;
};

}  // namespace

std::vector<uint8_t> EncodeBinary(const Module& module) {
  return ModuleEncoder(module).Encode();
}

}  // namespace wasijit::compiler
