#include "compiler/lowering/lowerable.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

bool IsLowerable(Verb verb) { return verb < Verb::kStructNewDesc; }

absl::Status Refuse(absl::string_view what) {
  return absl::UnimplementedError(
      absl::StrCat(what, " cannot be compiled yet"));
}

absl::Status CheckType(const SubType& type) {
  return type.descriptor.has_value() || type.describes.has_value()
             ? Refuse(absl::StrCat("type ", ToString(type)))
             : absl::OkStatus();
}

absl::Status CheckBody(const Module& module, uint32_t function) {
  InstructionReader reader(module, module.functions[function].body);
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
  for (const SubType& type : module.types) {
    RETURN_IF_ERROR(CheckType(type));
  }
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    RETURN_IF_ERROR(CheckBody(module, i));
  }
  return absl::OkStatus();
}

}  // namespace wasijit::compiler
