// What a binary module consists of, for people to read.
#ifndef WASIJIT_COMPILER_TEXT_MODULE_LISTING_H_
#define WASIJIT_COMPILER_TEXT_MODULE_LISTING_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// All three take a module that DecodeModule or ParseModule returned. Names are
// escaped.

// One line a section: id, offset of the content, size, number of entries, name.
std::string ListSections(const Module& module);

// Types, imports, functions with the sizes of their bodies, tables, memories,
// tags, globals, exports, the start function, segments, custom sections.
std::string ListContents(const Module& module);

// The function bodies: offset, bytes and text of every instruction.
// InvalidArgument if a body is malformed.
absl::StatusOr<std::string> Disassemble(const Module& module);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_MODULE_LISTING_H_
