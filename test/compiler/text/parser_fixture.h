// A parser context over a text, for tests of the parsers' parts.
#ifndef WASIJIT_TEST_COMPILER_TEXT_PARSER_FIXTURE_H_
#define WASIJIT_TEST_COMPILER_TEXT_PARSER_FIXTURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler/syntax/features.h"
#include "compiler/text/lexer.h"
#include "compiler/text/parser_context.h"
#include "compiler/text/token_cursor.h"

namespace wasijit::compiler {

// The text must have tokens only.
struct ParserFixture {
  explicit ParserFixture(absl::string_view text)
      : source(text),
        sequence(*Lex(source)),
        cursor(sequence),
        context(cursor, /*identifiers=*/true, FeatureSet::All()) {}

  // The first line of the error; empty if there is none.
  std::string error() const {
    const absl::string_view message = cursor.status().message();
    return std::string(message.substr(0, message.find('\n')));
  }

  std::string source;
  TokenSequence sequence;
  TokenCursor cursor;
  ParserContext context;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_TEST_COMPILER_TEXT_PARSER_FIXTURE_H_
