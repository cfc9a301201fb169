#include "compiler/text/keyword.h"

#include <algorithm>
#include <array>

#include "absl/strings/strip.h"
#include "compiler/syntax/instruction.h"
#include "compiler/text/number_parser.h"

namespace wasijit::compiler {
namespace {

constexpr Keyword kKeywords[] = {
#define KEYWORD(name, text) Keyword::k##name,
#include "compiler/text/keywords.def"
};

constexpr auto kSortedKeywords = [] {
  std::array<Keyword, std::size(kKeywords)> keywords = {};
  std::copy(std::begin(kKeywords), std::end(kKeywords), keywords.begin());
  std::sort(keywords.begin(), keywords.end(),
            [](Keyword a, Keyword b) { return ToString(a) < ToString(b); });
  return keywords;
}();

consteval bool AllDiffer() {
  return std::adjacent_find(kSortedKeywords.begin(), kSortedKeywords.end(),
                            [](Keyword a, Keyword b) {
                              return ToString(a) == ToString(b);
                            }) == kSortedKeywords.end();
}
static_assert(AllDiffer());

}  // namespace

std::optional<Keyword> FindKeyword(absl::string_view text) {
  const auto* found =
      std::lower_bound(kSortedKeywords.begin(), kSortedKeywords.end(), text,
                       [](Keyword keyword, absl::string_view wanted) {
                         return ToString(keyword) < wanted;
                       });
  if (found == kSortedKeywords.end() || ToString(*found) != text) {
    return std::nullopt;
  }
  return *found;
}

bool IsKnownWord(absl::string_view text) {
  if (FindKeyword(text).has_value() || OpcodeFromText(text).has_value()) {
    return true;
  }
  return (absl::ConsumePrefix(&text, "offset=") ||
          absl::ConsumePrefix(&text, "align=")) &&
         ClassifyNumber(text) == NumberForm::kNat;
}

}  // namespace wasijit::compiler
