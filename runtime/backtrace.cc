#include "runtime/backtrace.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "runtime/abi/code_image.h"
#include "runtime/compiled_module.h"
#include "runtime/module/module.h"
#include "runtime/platform/activation.h"

namespace wasijit {
namespace {

const void* Address(uintptr_t pc) { return reinterpret_cast<const void*>(pc); }

void AddFrames(uintptr_t pc, Backtrace& backtrace) {
  const CompiledModule* const module = CompiledModule::Containing(Address(pc));
  if (module == nullptr) return;
  for (const CompiledModule::Place& place : module->PlacesAt(Address(pc))) {
    backtrace.frames.push_back({.module = module->shared_from_this(),
                                .function = place.function,
                                .bytecode_offset = place.bytecode_offset});
  }
}

bool IsAtEntryOfFunction(uintptr_t pc) {
  const CompiledModule* const module = CompiledModule::Containing(Address(pc));
  return module != nullptr && module->IsEntry(Address(pc));
}

std::string ModuleName(const Module& module) {
  if (!module.names.module.has_value()) return "<unknown>";
  return absl::Utf8SafeCHexEscape(module.Text(*module.names.module));
}

std::string FunctionName(const Module& module, uint32_t function) {
  const absl::string_view name = module.FunctionName(function);
  if (name.empty()) return absl::StrFormat("<wasm function %d>", function);
  return absl::Utf8SafeCHexEscape(name);
}

}  // namespace

Backtrace Symbolize(const CapturedFrames& captured) {
  Backtrace backtrace;
  backtrace.truncated = captured.truncated;
  if (captured.fault_pc != 0) {
    AddFrames(captured.fault_pc, backtrace);
    // Before its first instruction a function has no frame yet by which its
    // caller could be found.
    if (captured.entry_return_address != 0 &&
        IsAtEntryOfFunction(captured.fault_pc)) {
      AddFrames(captured.entry_return_address - 1, backtrace);
    }
  }
  for (uint32_t i = 0; i < captured.count; ++i) {
    // A return address may already belong to what follows the call.
    AddFrames(captured.return_addresses[i] - 1, backtrace);
  }
  return backtrace;
}

std::string ToString(const Backtrace& backtrace) {
  if (backtrace.frames.empty()) return "";
  std::string text = "wasm backtrace:\n";
  for (size_t i = 0; i < backtrace.frames.size(); ++i) {
    const Frame& frame = backtrace.frames[i];
    const Module& module = frame.module->module();
    const std::string place =
        frame.bytecode_offset == kNoLocation
            ? "?"
            : absl::StrFormat("%#x", frame.bytecode_offset);
    absl::StrAppendFormat(&text, "%5d: %6s - %s!%s\n", i, place,
                          ModuleName(module),
                          FunctionName(module, frame.function));
  }
  if (backtrace.truncated) absl::StrAppend(&text, "       ...\n");
  return text;
}

}  // namespace wasijit
