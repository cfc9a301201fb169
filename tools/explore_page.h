// A page of HTML that shows a module's code in three forms side by side.
#ifndef WASIJIT_TOOLS_EXPLORE_PAGE_H_
#define WASIJIT_TOOLS_EXPLORE_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace wasijit::tools {

// `disassembly` is compiler::Disassemble's, `listing` of
// ListingKind::kLocated. The page needs nothing else; lines that come from the
// same instruction light up together.
std::string ExplorePage(absl::string_view title, absl::string_view disassembly,
                        absl::string_view listing);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_EXPLORE_PAGE_H_
