// (@custom "name" (after func) "content"): custom sections in the text format
// (specification, appendix on custom annotations).
#ifndef WASIJIT_COMPILER_TEXT_CUSTOM_ANNOTATION_H_
#define WASIJIT_COMPILER_TEXT_CUSTOM_ANNOTATION_H_

#include <string>

#include "compiler/text/token_cursor.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Reads the annotation at the cursor; the content is appended to `bytes`, to
// which the result's payload refers.
// REQUIRES: cursor.AtAnnotation(Annotation::kCustom).
CustomSection ParseCustomAnnotation(TokenCursor& cursor, ByteWriter& bytes);

// The annotation that gives a custom section back.
std::string PrintCustomAnnotation(const Module& module,
                                  const CustomSection& section);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_CUSTOM_ANNOTATION_H_
