// Text -> Module (specification, chapter 6).
#ifndef WASIJIT_COMPILER_TEXT_MODULE_PARSER_H_
#define WASIJIT_COMPILER_TEXT_MODULE_PARSER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/syntax/features.h"
#include "compiler/text/instruction_place.h"
#include "compiler/text/token.h"
#include "compiler/text/token_cursor.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

struct ParseOptions {
  // Whether identifiers go into a name section. Names from annotations always
  // do.
  bool identifiers = true;
  FeatureSet features = FeatureSet::All();
  // If not null: gets the places of all instructions of functions, in the order
  // of the bytes. Not of those in a quotation.
  std::vector<InstructionPlace>* places = nullptr;
};

// Whether bytes are to be read as text: they do not begin like a binary module
// but, white space and comments aside, with a parenthesis. To be asked of a
// file's contents, so that no command needs to look at file names.
bool IsModuleText(absl::Span<const uint8_t> bytes);

// Parses a module: "(module ...)", also with `binary` or `quote`, or its fields
// without that. The result is what decoding the module's binary form gives, so
// that offsets in it are those of the file that would be written; it has not
// been validated.
//
// InvalidArgument begins with the reference interpreter's message and shows the
// place (TextError); ResourceExhausted means a limit of the decoder. Nothing
// recurses; memory is linear in the source.
absl::StatusOr<Module> ParseModule(absl::string_view source,
                                   const ParseOptions& options = {});

// The error again, with the place in the text of what is at `offset` in the
// module's bytes, as TextError shows it; unchanged if that is no instruction of
// a function. The module is what ParseModule made of the text with the options.
absl::Status WithPlaceInText(const absl::Status& error, uint32_t offset,
                             absl::string_view source, const Module& module,
                             const ParseOptions& options = {});

// The same for a part of a longer text: the fields of a module, tokens between
// "(module $id" and its closing parenthesis. `id` is the token of the
// identifier, 0 if there is none.
absl::StatusOr<Module> ParseModuleFields(const TokenSequence& sequence,
                                         TokenRange fields, uint32_t id,
                                         const ParseOptions& options = {});

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_MODULE_PARSER_H_
