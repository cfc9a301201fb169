#include "compiler/text/module_listing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/binary/section.h"
#include "compiler/text/identifiers.h"
#include "compiler/text/instruction_printer.h"
#include "compiler/text/name_section.h"
#include "compiler/text/string_literal.h"
#include "runtime/module/byte_reader.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// Bytes of an instruction that are shown.
constexpr size_t kShownBytes = 9;
constexpr size_t kMaxIndentation = 40;

// The names that the module has; none if its name section is malformed.
NameSection NamesOf(const Module& module) {
  for (const CustomSection& section : module.custom_sections) {
    if (section.name != kNameSection) continue;
    absl::StatusOr<NameSection> names =
        ReadNameSection(module.Bytes(section.payload));
    if (names.ok()) return *std::move(names);
  }
  return {};
}

// Entries of a section that is a vector, or its content if that is one number.
std::string EntriesOf(SectionId id, ByteReader content) {
  switch (id) {
    case SectionId::kCustom: {
      const absl::string_view name = content.Name();
      return content.ok() ? QuoteString(name) : "";
    }
    case SectionId::kStart:
      return absl::StrCat("function ", content.U32());
    default:
      return absl::StrCat(content.U32());
  }
}

class ContentsLister {
 public:
  explicit ContentsLister(const Module& module)
      : module_(module),
        identifiers_(NamesOf(module)),
        instructions_(module, identifiers_) {}

  std::string List() &&;

 private:
  void Heading(absl::string_view name, size_t count) {
    if (count != 0) absl::StrAppend(&text_, name, " (", count, "):\n");
  }
  // "  [3] $name rest".
  void Line(const SpaceIdentifiers& space, size_t index,
            absl::string_view rest) {
    absl::StrAppend(&text_, "  [", index, "]",
                    space.Binding(static_cast<uint32_t>(index)), " ", rest,
                    "\n");
  }
  void ListTypes();
  void ListImports();
  void ListFunctions();
  void ListTables();
  void ListMemories();
  void ListTags();
  void ListGlobals();
  void ListExports();
  void ListElements();
  void ListData();
  void ListCustomSections();
  std::string Extern(const ExternType& type) const;

  const Module& module_;
  const Identifiers identifiers_;
  const InstructionPrinter instructions_;
  std::string text_;
};

std::string ContentsLister::List() && {
  ListTypes();
  ListImports();
  ListFunctions();
  ListTables();
  ListMemories();
  ListTags();
  ListGlobals();
  ListExports();
  if (module_.start.has_value()) {
    absl::StrAppend(&text_, "Start: function ",
                    identifiers_.functions.Reference(*module_.start), "\n");
  }
  ListElements();
  ListData();
  ListCustomSections();
  return std::move(text_);
}

void ContentsLister::ListTypes() {
  Heading("Types", module_.types.size());
  for (size_t i = 0; i < module_.types.size(); ++i) {
    Line(identifiers_.types, i, ToString(module_.types[i]));
  }
}

std::string ContentsLister::Extern(const ExternType& type) const {
  if (const auto* function = std::get_if<FunctionExternType>(&type)) {
    return absl::StrCat("func", instructions_.TypeUse(function->type));
  }
  return ToString(type);
}

void ContentsLister::ListImports() {
  Heading("Imports", module_.imports.size());
  for (size_t i = 0; i < module_.imports.size(); ++i) {
    const Import& import = module_.imports[i];
    Line({}, i,
         absl::StrCat(QuoteString(import.module), " ", QuoteString(import.name),
                      " ", Extern(import.type)));
  }
}

void ContentsLister::ListFunctions() {
  Heading("Functions", module_.num_defined_functions());
  for (size_t i = module_.num_imported_functions; i < module_.functions.size();
       ++i) {
    const ModuleFunction& function = module_.functions[i];
    Line(identifiers_.functions, i,
         absl::StrCat(function.body.size, " bytes at ",
                      absl::StrFormat("0x%x", function.body.offset),
                      instructions_.TypeUse(function.type)));
  }
}

void ContentsLister::ListTables() {
  Heading("Tables", module_.tables.size() - module_.num_imported_tables);
  for (size_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
    Line(identifiers_.tables, i, ToString(module_.tables[i].type));
  }
}

void ContentsLister::ListMemories() {
  Heading("Memories", module_.memories.size() - module_.num_imported_memories);
  for (size_t i = module_.num_imported_memories; i < module_.memories.size();
       ++i) {
    Line(identifiers_.memories, i, ToString(module_.memories[i]));
  }
}

void ContentsLister::ListTags() {
  Heading("Tags", module_.tags.size() - module_.num_imported_tags);
  for (size_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
    Line(identifiers_.tags, i, instructions_.TypeUse(module_.tags[i].type));
  }
}

void ContentsLister::ListGlobals() {
  Heading("Globals", module_.globals.size() - module_.num_imported_globals);
  for (size_t i = module_.num_imported_globals; i < module_.globals.size();
       ++i) {
    Line(identifiers_.globals, i, ToString(module_.globals[i].type));
  }
}

void ContentsLister::ListExports() {
  Heading("Exports", module_.exports.size());
  for (size_t i = 0; i < module_.exports.size(); ++i) {
    const Export& exported = module_.exports[i];
    Line({}, i,
         absl::StrCat(QuoteString(exported.name), " ", ToString(exported.kind),
                      " ", exported.index));
  }
}

absl::string_view ModeOf(SegmentMode mode) {
  switch (mode) {
    case SegmentMode::kActive:
      return "active";
    case SegmentMode::kPassive:
      return "passive";
    case SegmentMode::kDeclarative:
      return "declarative";
  }
}

void ContentsLister::ListElements() {
  Heading("Element segments", module_.elements.size());
  for (size_t i = 0; i < module_.elements.size(); ++i) {
    const ElementSegment& segment = module_.elements[i];
    std::string line = absl::StrCat(ModeOf(segment.mode));
    if (segment.mode == SegmentMode::kActive) {
      absl::StrAppend(&line, " in table ", segment.table);
    }
    absl::StrAppend(&line, ", ", segment.ItemCount(), " of ",
                    identifiers_.Text(segment.type));
    Line(identifiers_.elements, i, line);
  }
}

void ContentsLister::ListData() {
  Heading("Data segments", module_.data.size());
  for (size_t i = 0; i < module_.data.size(); ++i) {
    const DataSegment& segment = module_.data[i];
    std::string line = absl::StrCat(ModeOf(segment.mode));
    if (segment.mode == SegmentMode::kActive) {
      absl::StrAppend(&line, " in memory ", segment.memory);
    }
    absl::StrAppendFormat(&line, ", %u bytes at 0x%x", segment.bytes.size,
                          segment.bytes.offset);
    Line(identifiers_.data, i, line);
  }
}

void ContentsLister::ListCustomSections() {
  Heading("Custom sections", module_.custom_sections.size());
  for (const CustomSection& section : module_.custom_sections) {
    absl::StrAppendFormat(&text_, "  %s %u bytes at 0x%x\n",
                          QuoteString(section.name), section.payload.size,
                          section.payload.offset);
  }
}

class Disassembler {
 public:
  explicit Disassembler(const Module& module)
      : module_(module),
        names_(NamesOf(module)),
        identifiers_(names_),
        instructions_(module, identifiers_) {}

  absl::StatusOr<std::string> Run() &&;

 private:
  absl::Status PrintFunction(uint32_t index);
  void PrintLine(uint32_t offset, uint32_t end, size_t depth,
                 absl::string_view line);

  const Module& module_;
  const NameSection names_;
  const Identifiers identifiers_;
  InstructionPrinter instructions_;
  std::string text_;
};

absl::StatusOr<std::string> Disassembler::Run() && {
  for (uint32_t i = module_.num_imported_functions;
       i < module_.functions.size(); ++i) {
    RETURN_IF_ERROR(PrintFunction(i));
  }
  return std::move(text_);
}

void Disassembler::PrintLine(uint32_t offset, uint32_t end, size_t depth,
                             absl::string_view line) {
  std::string bytes;
  const uint32_t shown =
      std::min(end, offset + static_cast<uint32_t>(kShownBytes));
  for (uint8_t byte : module_.Bytes(ByteRange{offset, shown - offset})) {
    absl::StrAppendFormat(&bytes, "%02x ", byte);
  }
  if (shown != end) absl::StrAppend(&bytes, "..");
  absl::StrAppendFormat(&text_, "  %06x: %-30s| %s%s\n", offset, bytes,
                        std::string(2 * std::min(depth, kMaxIndentation), ' '),
                        line);
}

absl::Status Disassembler::PrintFunction(uint32_t index) {
  const ModuleFunction& function = module_.functions[index];
  absl::StrAppendFormat(&text_, "%06x func[%u]%s%s:\n", function.body.offset,
                        index, identifiers_.functions.Binding(index),
                        instructions_.TypeUse(function.type));
  const NameMap* local_names = FindNames(names_.locals, index);
  const SpaceIdentifiers locals = local_names == nullptr
                                      ? SpaceIdentifiers()
                                      : SpaceIdentifiers(*local_names);
  instructions_.set_locals(&locals);
  InstructionReader reader(module_, function.body);
  for (const LocalGroup& group : reader.locals()) {
    absl::StrAppendFormat(
        &text_, "%40s| (local %s)%s\n", "", identifiers_.Text(group.type),
        group.count == 1 ? "" : absl::StrCat(" ;; ", group.count, " times"));
  }
  Instruction instruction;
  size_t depth = 0;
  while (reader.Next(instruction)) {
    const Opcode opcode = instruction.opcode;
    const bool closes = opcode == Opcode::kEnd || opcode == Opcode::kDelegate;
    const bool is_clause = opcode == Opcode::kElse ||
                           opcode == Opcode::kCatch ||
                           opcode == Opcode::kCatchAll;
    if (closes && depth > 0) --depth;
    PrintLine(instruction.offset, reader.offset(),
              is_clause && depth > 0 ? depth - 1 : depth,
              instructions_.Print(instruction));
    const ImmediateKind kind = instruction.info().immediate;
    if (kind == ImmediateKind::kBlock || kind == ImmediateKind::kTryTable) {
      ++depth;
    }
  }
  instructions_.set_locals(nullptr);
  return reader.status();
}

}  // namespace

std::string ListSections(const Module& module) {
  std::string text = "  id    offset      size  entries\n";
  ByteReader reader(*module.bytes);
  reader.Bytes(sizeof(kMagic) + sizeof(kVersion));
  while (reader.ok() && !reader.AtEnd()) {
    const SectionId id =
        SectionFromByte(reader.Byte()).value_or(SectionId::kCustom);
    const uint32_t size = reader.U32();
    const uint32_t offset = reader.offset();
    const ByteReader content = reader.Sub(size);
    if (!reader.ok()) break;
    absl::StrAppendFormat(&text, "  %2u  0x%06x  %8u  %-10s %s\n",
                          static_cast<uint32_t>(id), offset, size, NameOf(id),
                          EntriesOf(id, content));
  }
  return text;
}

std::string ListContents(const Module& module) {
  return ContentsLister(module).List();
}

absl::StatusOr<std::string> Disassemble(const Module& module) {
  return Disassembler(module).Run();
}

}  // namespace wasijit::compiler
