#include "compiler/text/module_printer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "compiler/binary/branch_hints.h"
#include "compiler/binary/section.h"
#include "compiler/text/body_printer.h"
#include "compiler/text/custom_annotation.h"
#include "compiler/text/identifiers.h"
#include "compiler/text/lexer.h"
#include "compiler/text/name_section.h"
#include "compiler/text/string_literal.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// What custom sections say, of those that are printed in another way.
struct Understood {
  NameSection names;
  std::vector<FunctionBranchHints> hints;
  // Indices in Module::custom_sections.
  std::vector<size_t> sections;
};

// The only custom section of a name; nothing if there are none or several.
std::optional<size_t> FindOnly(const Module& module, absl::string_view name) {
  std::optional<size_t> found;
  for (size_t i = 0; i < module.custom_sections.size(); ++i) {
    if (module.custom_sections[i].name != name) continue;
    if (found.has_value()) return std::nullopt;
    found = i;
  }
  return found;
}

Understood ReadCustomSections(const Module& module,
                              const PrintOptions& options) {
  Understood understood;
  if (const std::optional<size_t> i = FindOnly(module, kNameSection)) {
    absl::StatusOr<NameSection> names =
        ReadNameSection(module.Bytes(module.custom_sections[*i].payload));
    if (names.ok()) {
      if (options.identifiers) understood.names = *std::move(names);
      understood.sections.push_back(*i);
    }
  }
  if (const std::optional<size_t> i =
          FindOnly(module, ToString(Annotation::kBranchHint))) {
    absl::StatusOr<std::vector<FunctionBranchHints>> hints =
        ReadBranchHints(module.Bytes(module.custom_sections[*i].payload));
    const bool fit =
        hints.ok() && std::all_of(hints->begin(), hints->end(),
                                  [&](const FunctionBranchHints& function) {
                                    return HintsFitBody(module, function);
                                  });
    if (fit) {
      understood.hints = *std::move(hints);
      understood.sections.push_back(*i);
    }
  }
  return understood;
}

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintOptions& options)
      : module_(module),
        understood_(ReadCustomSections(module, options)),
        identifiers_(understood_.names),
        bodies_(module, identifiers_) {}

  absl::StatusOr<std::string> Print() &&;

 private:
  void PrintHeader();
  void PrintTypes();
  void PrintType(uint32_t index);
  std::string Composite(uint32_t index) const;
  std::string Struct(uint32_t index, const StructType& type) const;
  void PrintImports();
  std::string Extern(const ExternType& type, uint32_t index) const;
  std::string Table(const TableType& type) const;
  std::string Global(const GlobalType& type) const;
  absl::Status PrintFunctions();
  absl::Status PrintTables();
  void PrintMemories();
  void PrintTags();
  absl::Status PrintGlobals();
  void PrintExports();
  absl::Status PrintElements();
  absl::Status PrintElementItems(const ElementSegment& segment);
  absl::Status PrintData();
  absl::Status PrintOffset(ConstExpr offset);
  void PrintCustomSections();
  const SpaceIdentifiers& Space(ExternKind kind) const;
  const std::vector<BranchHint>* HintsOf(uint32_t function) const;

  // Begins a field: "(keyword $name (;index;)".
  void Open(absl::string_view keyword, const SpaceIdentifiers& space,
            uint32_t index);
  template <typename... Parts>
  void Append(const Parts&... parts) {
    absl::StrAppend(&text_, parts...);
  }

  const Module& module_;
  const Understood understood_;
  const Identifiers identifiers_;
  BodyPrinter bodies_;
  std::string text_;
};

absl::StatusOr<std::string> ModulePrinter::Print() && {
  PrintHeader();
  PrintTypes();
  PrintImports();
  RETURN_IF_ERROR(PrintFunctions());
  RETURN_IF_ERROR(PrintTables());
  PrintMemories();
  PrintTags();
  RETURN_IF_ERROR(PrintGlobals());
  PrintExports();
  if (module_.start.has_value()) {
    Append("\n  (start ", identifiers_.functions.Reference(*module_.start),
           ")");
  }
  RETURN_IF_ERROR(PrintElements());
  RETURN_IF_ERROR(PrintData());
  PrintCustomSections();
  Append(")\n");
  if (text_.size() > kMaxSourceSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the text is longer than ", kMaxSourceSize, " bytes"));
  }
  return std::move(text_);
}

void ModulePrinter::Open(absl::string_view keyword,
                         const SpaceIdentifiers& space, uint32_t index) {
  Append("\n  (", keyword, space.Binding(index), " (;", index, ";)");
}

void ModulePrinter::PrintHeader() {
  Append("(module");
  const std::optional<std::string>& name = understood_.names.module;
  if (!name.has_value()) return;
  if (name->empty()) {
    Append(" (@name \"\")");
  } else {
    Append(" ", QuoteId(*name));
  }
}

// Types and imports.

void ModulePrinter::PrintTypes() {
  for (const RecGroup& group : module_.rec_groups) {
    const bool is_rec = group.count != 1;
    if (is_rec) Append("\n  (rec");
    for (uint32_t i = 0; i < group.count; ++i) {
      Append(is_rec ? "\n    " : "\n  ");
      PrintType(group.first + i);
    }
    if (is_rec) Append(")");
  }
}

void ModulePrinter::PrintType(uint32_t index) {
  const SubType& type = module_.types[index];
  Append("(type", identifiers_.types.Binding(index), " (;", index, ";) ");
  const bool is_sub = !type.is_final || type.supertype.has_value();
  if (is_sub) {
    Append("(sub ", type.is_final ? "final " : "");
    if (type.supertype.has_value()) {
      Append(identifiers_.types.Reference(*type.supertype), " ");
    }
  }
  if (type.describes.has_value()) {
    Append("(describes ", identifiers_.types.Reference(*type.describes), ") ");
  }
  if (type.descriptor.has_value()) {
    Append("(descriptor ", identifiers_.types.Reference(*type.descriptor),
           ") ");
  }
  Append(Composite(index), is_sub ? "))" : ")");
}

std::string ModulePrinter::Composite(uint32_t index) const {
  const SubType& type = module_.types[index];
  if (type.func() != nullptr) {
    return absl::StrCat("(func", bodies_.instructions().Signature(*type.func()),
                        ")");
  }
  if (type.array() != nullptr) {
    return absl::StrCat("(array ", identifiers_.Text(type.array()->element),
                        ")");
  }
  return Struct(index, *type.structure());
}

std::string ModulePrinter::Struct(uint32_t index,
                                  const StructType& type) const {
  const auto names = identifiers_.fields.find(index);
  std::string text = "(struct";
  for (uint32_t i = 0; i < type.fields.size(); ++i) {
    absl::StrAppend(
        &text, " (field",
        names == identifiers_.fields.end() ? "" : names->second.Binding(i), " ",
        identifiers_.Text(type.fields[i]), ")");
  }
  return absl::StrCat(text, ")");
}

const SpaceIdentifiers& ModulePrinter::Space(ExternKind kind) const {
  switch (kind) {
    case ExternKind::kFunction:
      return identifiers_.functions;
    case ExternKind::kTable:
      return identifiers_.tables;
    case ExternKind::kMemory:
      return identifiers_.memories;
    case ExternKind::kGlobal:
      return identifiers_.globals;
    case ExternKind::kTag:
      return identifiers_.tags;
  }
}

void ModulePrinter::PrintImports() {
  uint32_t next[] = {0, 0, 0, 0, 0};
  for (const Import& import : module_.imports) {
    uint32_t& index = next[static_cast<size_t>(KindOf(import.type))];
    Append("\n  (import ", QuoteString(import.module), " ",
           QuoteString(import.name), " ", Extern(import.type, index), ")");
    ++index;
  }
}

std::string ModulePrinter::Extern(const ExternType& type,
                                  uint32_t index) const {
  const ExternKind kind = KindOf(type);
  std::string text = absl::StrCat(
      "(", ToString(kind), Space(kind).Binding(index), " (;", index, ";)");
  const InstructionPrinter& instructions = bodies_.instructions();
  switch (kind) {
    case ExternKind::kFunction: {
      const auto& function = std::get<FunctionExternType>(type);
      const std::string use = instructions.TypeUse(function.type);
      absl::StrAppend(&text, function.exact ? " (exact" : "", use,
                      function.exact ? ")" : "");
      break;
    }
    case ExternKind::kTable:
      absl::StrAppend(&text, " ", Table(std::get<TableType>(type)));
      break;
    case ExternKind::kMemory:
      absl::StrAppend(&text, " ", ToString(std::get<MemoryType>(type)));
      break;
    case ExternKind::kGlobal:
      absl::StrAppend(&text, " ", Global(std::get<GlobalType>(type)));
      break;
    case ExternKind::kTag:
      absl::StrAppend(&text,
                      instructions.TypeUse(std::get<TagType>(type).type));
      break;
  }
  return absl::StrCat(text, ")");
}

std::string ModulePrinter::Table(const TableType& type) const {
  return absl::StrCat(ToString(type.limits), " ",
                      identifiers_.Text(type.element));
}

std::string ModulePrinter::Global(const GlobalType& type) const {
  const std::string value = identifiers_.Text(type.value);
  return type.is_mutable ? absl::StrCat("(mut ", value, ")") : value;
}

// Definitions.

const std::vector<BranchHint>* ModulePrinter::HintsOf(uint32_t function) const {
  const auto found = std::lower_bound(
      understood_.hints.begin(), understood_.hints.end(), function,
      [](const FunctionBranchHints& hints, uint32_t wanted) {
        return hints.function < wanted;
      });
  if (found == understood_.hints.end() || found->function != function) {
    return nullptr;
  }
  return &found->hints;
}

absl::Status ModulePrinter::PrintFunctions() {
  for (uint32_t i = module_.num_imported_functions;
       i < module_.functions.size(); ++i) {
    Open("func", identifiers_.functions, i);
    BodyAnnotations annotations;
    annotations.locals = FindNames(understood_.names.locals, i);
    annotations.labels = FindNames(understood_.names.labels, i);
    annotations.hints = HintsOf(i);
    RETURN_IF_ERROR(bodies_.PrintFunction(module_.functions[i], annotations,
                                          kMaxSourceSize, text_));
    Append(")");
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintTables() {
  for (uint32_t i = module_.num_imported_tables; i < module_.tables.size();
       ++i) {
    Open("table", identifiers_.tables, i);
    Append(" ", Table(module_.tables[i].type));
    RETURN_IF_ERROR(bodies_.PrintConstExpr(module_.tables[i].init, text_));
    Append(")");
  }
  return absl::OkStatus();
}

void ModulePrinter::PrintMemories() {
  for (uint32_t i = module_.num_imported_memories; i < module_.memories.size();
       ++i) {
    Open("memory", identifiers_.memories, i);
    Append(" ", ToString(module_.memories[i]), ")");
  }
}

void ModulePrinter::PrintTags() {
  for (uint32_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
    Open("tag", identifiers_.tags, i);
    Append(bodies_.instructions().TypeUse(module_.tags[i].type), ")");
  }
}

absl::Status ModulePrinter::PrintGlobals() {
  for (uint32_t i = module_.num_imported_globals; i < module_.globals.size();
       ++i) {
    Open("global", identifiers_.globals, i);
    Append(" ", Global(module_.globals[i].type));
    RETURN_IF_ERROR(bodies_.PrintConstExpr(module_.globals[i].init, text_));
    Append(")");
  }
  return absl::OkStatus();
}

void ModulePrinter::PrintExports() {
  for (const Export& exported : module_.exports) {
    Append("\n  (export ", QuoteString(exported.name), " (",
           ToString(exported.kind), " ",
           Space(exported.kind).Reference(exported.index), "))");
  }
}

// Segments.

absl::Status ModulePrinter::PrintOffset(ConstExpr offset) {
  Append(" (offset");
  RETURN_IF_ERROR(bodies_.PrintConstExpr(offset, text_));
  Append(")");
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintElements() {
  for (uint32_t i = 0; i < module_.elements.size(); ++i) {
    const ElementSegment& segment = module_.elements[i];
    Open("elem", identifiers_.elements, i);
    if (segment.mode == SegmentMode::kDeclarative) Append(" declare");
    if (segment.mode == SegmentMode::kActive) {
      if (segment.table != 0) {
        Append(" (table ", identifiers_.tables.Reference(segment.table), ")");
      }
      RETURN_IF_ERROR(PrintOffset(segment.offset));
    }
    RETURN_IF_ERROR(PrintElementItems(segment));
    Append(")");
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintElementItems(const ElementSegment& segment) {
  if (const auto* functions =
          std::get_if<std::vector<uint32_t>>(&segment.items)) {
    Append(" func");
    for (uint32_t function : *functions) {
      Append(" ", identifiers_.functions.Reference(function));
    }
    return absl::OkStatus();
  }
  Append(" ", identifiers_.Text(segment.type));
  for (ConstExpr item : std::get<std::vector<ConstExpr>>(segment.items)) {
    Append(" (item");
    RETURN_IF_ERROR(bodies_.PrintConstExpr(item, text_));
    Append(")");
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintData() {
  for (uint32_t i = 0; i < module_.data.size(); ++i) {
    const DataSegment& segment = module_.data[i];
    Open("data", identifiers_.data, i);
    if (segment.mode == SegmentMode::kActive) {
      if (segment.memory != 0) {
        Append(" (memory ", identifiers_.memories.Reference(segment.memory),
               ")");
      }
      RETURN_IF_ERROR(PrintOffset(segment.offset));
    }
    Append(" ", QuoteString(module_.Text(segment.bytes)), ")");
  }
  return absl::OkStatus();
}

void ModulePrinter::PrintCustomSections() {
  for (size_t i = 0; i < module_.custom_sections.size(); ++i) {
    const bool is_understood =
        std::find(understood_.sections.begin(), understood_.sections.end(),
                  i) != understood_.sections.end();
    if (is_understood) continue;
    Append("\n  ", PrintCustomAnnotation(module_, module_.custom_sections[i]));
  }
}

}  // namespace

absl::StatusOr<std::string> PrintModule(const Module& module,
                                        const PrintOptions& options) {
  return ModulePrinter(module, options).Print();
}

}  // namespace wasijit::compiler
