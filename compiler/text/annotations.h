// Annotations that mean something to the parser: the rows of annotations.def.
#ifndef WASIJIT_COMPILER_TEXT_ANNOTATIONS_H_
#define WASIJIT_COMPILER_TEXT_ANNOTATIONS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "compiler/binary/branch_hints.h"

namespace wasijit::compiler {

enum class Annotation {
#define ANNOTATION(name, id) k##name,
#include "compiler/text/annotations.def"
};

// Nothing for an id without meaning.
constexpr std::optional<Annotation> FindAnnotation(absl::string_view id) {
#define ANNOTATION(name, text) \
  if (id == text) return Annotation::k##name;
#include "compiler/text/annotations.def"
  return std::nullopt;
}

// The id: "custom".
constexpr absl::string_view ToString(Annotation annotation) {
  constexpr absl::string_view kIds[] = {
#define ANNOTATION(name, id) id,
#include "compiler/text/annotations.def"
  };
  return kIds[static_cast<size_t>(annotation)];
}

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_ANNOTATIONS_H_
