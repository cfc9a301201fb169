// Module -> text.
#ifndef WASIJIT_COMPILER_TEXT_MODULE_PRINTER_H_
#define WASIJIT_COMPILER_TEXT_MODULE_PRINTER_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

struct PrintOptions {
  // Whether names become identifiers. Without, indices are printed and names
  // are lost.
  bool identifiers = true;
};

// Text that ParseModule makes the same module of, up to what the text format
// does not express: neighbouring locals of one type are one declaration, a data
// count section is there only if needed, encodings are the shortest. Comments
// give indices. The module need not be valid, but its function bodies must be
// well-formed: InvalidArgument if not. ResourceExhausted if the text is longer
// than the parser takes.
absl::StatusOr<std::string> PrintModule(const Module& module,
                                        const PrintOptions& options = {});

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_MODULE_PRINTER_H_
