#include "compiler/text/body_printer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/text/annotations.h"
#include "compiler/text/string_literal.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// Deeper lines are not indented further, so that the text stays linear in the
// module.
constexpr size_t kMaxIndentation = 40;
// Of the instructions of a function.
constexpr size_t kBodyDepth = 2;

bool OpensBlock(Opcode opcode) {
  switch (opcode) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry:
    case Opcode::kTryTable:
      return true;
    default:
      return false;
  }
}

// Instructions that stand one step further out than those around them.
bool IsClause(Opcode opcode) {
  switch (opcode) {
    case Opcode::kElse:
    case Opcode::kCatch:
    case Opcode::kCatchAll:
      return true;
    default:
      return false;
  }
}

bool ClosesBlock(Opcode opcode) {
  return opcode == Opcode::kEnd || opcode == Opcode::kDelegate;
}

bool MayHaveHint(Opcode opcode) {
  return opcode == Opcode::kIf || opcode == Opcode::kBrIf;
}

absl::Status Unbalanced(uint32_t offset) {
  return absl::InvalidArgumentError(
      absl::StrCat("END opcode expected at offset 0x", absl::Hex(offset)));
}

}  // namespace

absl::Status BodyPrinter::PrintFunction(const ModuleFunction& function,
                                        const BodyAnnotations& annotations,
                                        size_t max_size, std::string& text) {
  const SpaceIdentifiers locals = annotations.locals == nullptr
                                      ? SpaceIdentifiers()
                                      : SpaceIdentifiers(*annotations.locals);
  absl::StrAppend(&text, " (type ", identifiers_.types.Reference(function.type),
                  ")");
  const FuncType* type = function.type < module_.types.size()
                             ? module_.types[function.type].func()
                             : nullptr;
  uint32_t index = 0;
  if (type != nullptr) {
    PrintParameters(*type, locals, text);
    index = static_cast<uint32_t>(type->params.size());
  }
  const InstructionReader reader(module_, function.body);
  RETURN_IF_ERROR(reader.status());
  for (const LocalGroup& group : reader.locals()) {
    if (group.count == 0) continue;
    StartLine(kBodyDepth, text);
    for (uint32_t i = 0; i < group.count; ++i) {
      absl::StrAppend(&text, i == 0 ? "" : " ", "(local",
                      locals.Binding(index++), " ",
                      identifiers_.Text(group.type), ")");
    }
  }
  instructions_.set_locals(&locals);
  const absl::Status status =
      PrintInstructions(function.body, annotations, max_size, text);
  instructions_.set_locals(nullptr);
  instructions_.set_labels(nullptr);
  return status;
}

void BodyPrinter::PrintParameters(const FuncType& type,
                                  const SpaceIdentifiers& locals,
                                  std::string& text) const {
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    absl::StrAppend(&text, " (param", locals.Binding(i), " ",
                    identifiers_.Text(type.params[i]), ")");
  }
  absl::StrAppend(&text, instructions_.Signature({{}, type.results}));
}

absl::Status BodyPrinter::PrintInstructions(ByteRange body,
                                            const BodyAnnotations& annotations,
                                            size_t max_size,
                                            std::string& text) {
  labels_.Clear();
  body_ = body;
  block_count_ = 0;
  next_hint_ = 0;
  instructions_.set_labels(&labels_);
  InstructionReader reader(module_, body);
  Instruction instruction;
  bool ended = false;
  while (reader.Next(instruction)) {
    if (ended) return Unbalanced(instruction.offset);
    ended = instruction.opcode == Opcode::kEnd && labels_.size() == 0;
    if (ended) continue;
    RETURN_IF_ERROR(PrintInstruction(instruction, annotations, text));
    if (text.size() > max_size) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the text is longer than ", max_size, " bytes"));
    }
  }
  RETURN_IF_ERROR(reader.status());
  return ended ? absl::OkStatus() : Unbalanced(reader.offset());
}

absl::Status BodyPrinter::PrintInstruction(const Instruction& instruction,
                                           const BodyAnnotations& annotations,
                                           std::string& text) {
  const Opcode opcode = instruction.opcode;
  const bool outwards = IsClause(opcode) || ClosesBlock(opcode);
  if (outwards && labels_.size() == 0) return Unbalanced(instruction.offset);
  const size_t depth = kBodyDepth + labels_.size() - (outwards ? 1 : 0);
  // The label of `delegate` is looked up outside of its block.
  if (ClosesBlock(opcode)) labels_.Pop();
  StartLine(depth, text);
  PrintHint(instruction, annotations, text);
  if (!OpensBlock(opcode)) {
    absl::StrAppend(&text, instructions_.Print(instruction));
    return absl::OkStatus();
  }
  const absl::string_view name =
      annotations.labels == nullptr
          ? absl::string_view()
          : FindName(*annotations.labels, block_count_);
  ++block_count_;
  absl::StrAppend(&text, instructions_.PrintBlock(
                             instruction, name.empty() ? "" : QuoteId(name)));
  labels_.Push(name);
  if (name.empty()) absl::StrAppend(&text, "  ;; label = @", labels_.size());
  return absl::OkStatus();
}

void BodyPrinter::PrintHint(const Instruction& instruction,
                            const BodyAnnotations& annotations,
                            std::string& text) {
  if (annotations.hints == nullptr || next_hint_ == annotations.hints->size()) {
    return;
  }
  const BranchHint& hint = (*annotations.hints)[next_hint_];
  if (hint.offset != instruction.offset - body_.offset) return;
  ++next_hint_;
  absl::StrAppend(&text, "(@", ToString(Annotation::kBranchHint),
                  hint.value == 0 ? " \"\\00\") " : " \"\\01\") ");
}

void BodyPrinter::StartLine(size_t depth, std::string& text) const {
  text.push_back('\n');
  text.append(2 * std::min(depth, kMaxIndentation), ' ');
}

absl::Status BodyPrinter::PrintConstExpr(ConstExpr expression,
                                         std::string& text) const {
  std::vector<std::string> lines;
  bool has_blocks = false;
  InstructionReader reader(module_, expression);
  Instruction instruction;
  while (reader.Next(instruction)) {
    has_blocks |= OpensBlock(instruction.opcode);
    lines.push_back(instructions_.Print(instruction));
  }
  RETURN_IF_ERROR(reader.status());
  if (!lines.empty()) lines.pop_back();
  for (const std::string& line : lines) {
    if (has_blocks) {
      absl::StrAppend(&text, " ", line);
    } else {
      absl::StrAppend(&text, " (", line, ")");
    }
  }
  return absl::OkStatus();
}

bool HintsFitBody(const Module& module, const FunctionBranchHints& hints) {
  if (hints.function < module.num_imported_functions ||
      hints.function >= module.functions.size()) {
    return false;
  }
  const ByteRange body = module.functions[hints.function].body;
  InstructionReader reader(module, body);
  Instruction instruction;
  size_t found = 0;
  while (found < hints.hints.size() && reader.Next(instruction)) {
    if (hints.hints[found].offset != instruction.offset - body.offset) continue;
    if (!MayHaveHint(instruction.opcode)) return false;
    ++found;
  }
  return found == hints.hints.size();
}

}  // namespace wasijit::compiler
