// The words of the text format: the rows of keywords.def.
#ifndef WASIJIT_COMPILER_TEXT_KEYWORD_H_
#define WASIJIT_COMPILER_TEXT_KEYWORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

enum class Keyword : uint8_t {
#define KEYWORD(name, text) k##name,
#include "compiler/text/keywords.def"
};

constexpr absl::string_view ToString(Keyword keyword) {
  constexpr absl::string_view kTexts[] = {
#define KEYWORD(name, text) text,
#include "compiler/text/keywords.def"
  };
  return kTexts[static_cast<size_t>(keyword)];
}

// Nothing for instructions and for what is no word of the format.
std::optional<Keyword> FindKeyword(absl::string_view text);

// Whether the text is a word of the format: a row of keywords.def, an
// instruction, or the offset=N or align=N of a memory operand. Other words are
// unknown operators wherever they stand.
bool IsKnownWord(absl::string_view text);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_KEYWORD_H_
