#include "compiler/lowering/lowerable.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

bool IsLowerable(Verb verb) {
  switch (verb) {
    case Verb::kRefEq:
      return false;
    default:
      return verb < Verb::kRefTest;
  }
}

bool IsLowerable(const Module& module, ValueType type) {
  if (!type.IsRef()) return true;
  const AbstractHeapType top = module.Top(type.heap_type());
  return top == AbstractHeapType::kFunc || top == AbstractHeapType::kExtern ||
         top == AbstractHeapType::kExn;
}

absl::Status Refuse(absl::string_view what) {
  return absl::UnimplementedError(
      absl::StrCat(what, " cannot be compiled yet"));
}

absl::Status CheckTypes(const Module& module) {
  for (const SubType& type : module.types) {
    const FuncType* function = type.func();
    if (function == nullptr || !type.is_final || type.supertype.has_value()) {
      return Refuse(absl::StrCat("type ", ToString(type)));
    }
    for (ValueType value : function->params) {
      if (!IsLowerable(module, value)) return Refuse(ToString(value));
    }
    for (ValueType value : function->results) {
      if (!IsLowerable(module, value)) return Refuse(ToString(value));
    }
  }
  for (const ModuleTable& table : module.tables) {
    if (!IsLowerable(module, table.type.element)) {
      return Refuse(absl::StrCat("table ", ToString(table.type)));
    }
  }
  for (const ModuleGlobal& global : module.globals) {
    if (!IsLowerable(module, global.type.value)) {
      return Refuse(absl::StrCat("global ", ToString(global.type)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckBody(const Module& module, uint32_t function) {
  InstructionReader reader(module, module.functions[function].body);
  for (const LocalGroup& group : reader.locals()) {
    if (!IsLowerable(module, group.type)) {
      return Refuse(absl::StrCat("local ", ToString(group.type)));
    }
  }
  Instruction instruction;
  while (reader.Next(instruction)) {
    if (!IsLowerable(instruction.verb())) {
      return Refuse(absl::StrFormat("%s (function %d, at offset 0x%x)",
                                    instruction.text(), function,
                                    instruction.offset));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLowerable(const Module& module) {
  RETURN_IF_ERROR(CheckTypes(module));
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    RETURN_IF_ERROR(CheckBody(module, i));
  }
  return absl::OkStatus();
}

}  // namespace wasijit::compiler
