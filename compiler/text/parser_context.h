// What the parsers of one module share.
#ifndef WASIJIT_COMPILER_TEXT_PARSER_CONTEXT_H_
#define WASIJIT_COMPILER_TEXT_PARSER_CONTEXT_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/branch_hints.h"
#include "compiler/syntax/features.h"
#include "compiler/text/index_space.h"
#include "compiler/text/instruction_place.h"
#include "compiler/text/name_section.h"
#include "compiler/text/token_cursor.h"
#include "compiler/text/type_table.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// The module as far as it is parsed. Its ranges refer to `bytes`.
struct ParserContext {
  // `identifiers`: whether identifiers are collected for the name section.
  ParserContext(TokenCursor& token_cursor, bool identifiers,
                FeatureSet features_allowed)
      : cursor(token_cursor),
        features(features_allowed),
        type_table(module),
        collects_identifiers(identifiers) {}
  ParserContext(const ParserContext&) = delete;
  ParserContext& operator=(const ParserContext&) = delete;

  TokenCursor& cursor;
  // Of those only Memory64 matters here: without it limits are 32-bit numbers.
  FeatureSet features;
  Module module;
  ByteWriter bytes;
  TypeTable type_table;

  IndexSpace types{"type"};
  IndexSpace functions{"function", "func"};
  IndexSpace tables{"table"};
  IndexSpace memories{"memory"};
  IndexSpace globals{"global"};
  IndexSpace tags{"tag"};
  IndexSpace elements{"elem segment"};
  IndexSpace data{"data segment"};
  // Fields of the structure types that name some, by type index.
  absl::flat_hash_map<uint32_t, IndexSpace> fields;

  bool collects_identifiers;
  NameSection names;
  std::vector<FunctionBranchHints> branch_hints;
  // As ParseOptions::places.
  std::vector<InstructionPlace>* places = nullptr;
  // Whether an instruction refers to a data segment, so that a data count
  // section is needed (specification, 5.5.16).
  bool uses_data_count = false;

  // What quoted identifiers stand for; references stay valid.
  std::deque<std::string> id_storage;

  // An identifier and, by an annotation, the name instead of it.
  struct BoundName {
    // Empty if there is none.
    absl::string_view id;
    // Where the identifier is, for errors.
    uint32_t token = 0;
    std::optional<std::string> annotated;

    bool IsAbsent() const { return id.empty() && !annotated.has_value(); }
  };

  // Takes $id and (@name "..."), either of which may be absent. `noun`, with a
  // space after it, is for errors.
  BoundName TakeBoundName(absl::string_view noun = "");
  // The name that an identifier token stands for; valid as long as the context.
  absl::string_view NameOfId(const Token& token);

  // Adds a member to a space and its name to `map`. A name that is taken fails:
  // "duplicate func $f".
  uint32_t Bind(IndexSpace& space, const BoundName& name, NameMap& map);

  // Adds the name of an index, if there is one that belongs into the name
  // section.
  void AddName(uint32_t index, const BoundName& name, NameMap& map) const;

  // An index, by number or identifier: "unknown function $f".
  uint32_t ExpectIndex(const IndexSpace& space);
  // "(keyword index)".
  uint32_t ExpectIndexGroup(Keyword keyword, const IndexSpace& space);

  // Fails with "unknown <noun> $id" at the current token.
  void FailUnknown(absl::string_view noun);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_PARSER_CONTEXT_H_
