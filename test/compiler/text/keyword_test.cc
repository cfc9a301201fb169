#include "compiler/text/keyword.h"

#include <optional>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

constexpr Keyword kKeywords[] = {
#define KEYWORD(name, text) Keyword::k##name,
#include "compiler/text/keywords.def"
};

TEST(FindKeyword, FindsEveryRowByItsText) {
  for (Keyword keyword : kKeywords) {
    EXPECT_EQ(FindKeyword(ToString(keyword)), keyword) << ToString(keyword);
  }
}

TEST(FindKeyword, FindsNoInstruction) {
  for (const InstructionInfo& info : kInstructions) {
    EXPECT_EQ(FindKeyword(info.text), std::nullopt) << info.text;
  }
}

TEST(IsKnownWord, KnowsKeywordsInstructionsAndMemoryOperands) {
  for (const char* text : {"module", "i32.add", "offset=8", "align=0x10"}) {
    EXPECT_TRUE(IsKnownWord(text)) << text;
  }
  for (const char* text :
       {"", "modul", "modules", "i32.cnst", "offset=", "offset=-1", "align=x",
        "get_local", "anyfunc", "offset"}) {
    EXPECT_EQ(IsKnownWord(text), text == absl::string_view("offset")) << text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
