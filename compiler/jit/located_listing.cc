#include "compiler/jit/located_listing.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/target/symbols.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/ModuleSlotTracker.h"
#include "llvm/Support/raw_ostream.h"

namespace wasijit::compiler {
namespace {

// The lines of one function.
struct FunctionText {
  std::string ir;
  std::string assembly;
};
// By index in the module's function index space.
using Texts = std::map<uint32_t, FunctionText>;

void AddLine(char kind, uint32_t offset, absl::string_view line,
             std::string& text) {
  absl::StrAppend(&text, std::string(1, kind), " ",
                  offset == 0 ? "-" : absl::StrCat(offset), " ", line, "\n");
}

// "name:" of a block as the IR's printer has it.
std::string LabelOf(const llvm::BasicBlock& block,
                    llvm::ModuleSlotTracker& slots) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  block.printAsOperand(stream, /*PrintType=*/false, slots);
  return absl::StrCat(absl::StripPrefix(text, "%"), ":");
}

std::string IrText(const llvm::Function& function,
                   llvm::ModuleSlotTracker& slots) {
  slots.incorporateFunction(function);
  std::string text;
  for (const llvm::BasicBlock& block : function) {
    AddLine('I', 0, LabelOf(block, slots), text);
    for (const llvm::Instruction& instruction : block) {
      std::string line;
      llvm::raw_string_ostream stream(line);
      instruction.print(stream, slots);
      const llvm::DILocation* location = instruction.getDebugLoc().get();
      const uint32_t offset = location == nullptr ? 0 : location->getLine();
      // The location is known, and a switch has one line for each case.
      for (absl::string_view part : absl::StrSplit(
               absl::string_view(line).substr(0, line.rfind(", !dbg ")),
               '\n')) {
        AddLine('I', offset, part, text);
      }
    }
  }
  return text;
}

// The number in "\t.loc\tFILE LINE COLUMN ..."; nothing in other lines.
std::optional<uint32_t> LocationOf(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "\t.loc\t")) return std::nullopt;
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  uint32_t offset = 0;
  if (words.size() < 2 || !absl::SimpleAtoi(words[1], &offset)) return 0;
  return offset;
}

// Instructions and labels that something may jump to.
bool IsCode(absl::string_view line) {
  if (absl::StartsWith(line, ".LBB")) return true;
  const absl::string_view word = absl::StripLeadingAsciiWhitespace(line);
  return !word.empty() && line[0] == '\t' && word[0] != '.' && word[0] != '#' &&
         word[0] != '/';
}

void AddAssembly(absl::string_view assembly, Texts& texts) {
  FunctionText* function = nullptr;
  uint32_t offset = 0;
  for (absl::string_view line : absl::StrSplit(assembly, '\n')) {
    // "f12:", perhaps with a comment behind.
    const absl::string_view label = line.substr(0, line.find(':'));
    if (label.size() < line.size()) {
      if (const auto index = FunctionFromSymbol(label)) {
        function = &texts[*index];
        offset = 0;
        continue;
      }
    }
    if (absl::StartsWith(line, ".Lfunc_end")) function = nullptr;
    if (function == nullptr) continue;
    if (const auto location = LocationOf(line)) {
      offset = *location;
    } else if (IsCode(line)) {
      AddLine('A', offset, line, function->assembly);
    }
  }
}

}  // namespace

std::string ListLocated(llvm::Module& module, llvm::TargetMachine& machine) {
  Texts texts;
  llvm::ModuleSlotTracker slots(&module);
  for (const llvm::Function& function : module) {
    // What is here for inlining alone has code elsewhere.
    if (function.isDeclaration() || function.hasAvailableExternallyLinkage()) {
      continue;
    }
    const llvm::StringRef name = function.getName();
    const auto index = FunctionFromSymbol({name.data(), name.size()});
    if (index) texts[*index].ir = IrText(function, slots);
  }
  AddAssembly(EmitAssembly(module, machine), texts);
  std::string text;
  for (const auto& [index, function] : texts) {
    absl::StrAppend(&text, "F ", index, "\n", function.ir, function.assembly);
  }
  return text;
}

}  // namespace wasijit::compiler
