#include "runtime/outcome.h"

#include <string>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/abi/trap.h"
#include "runtime/module/value.h"
#include "runtime/tag.h"

namespace wasijit {

std::string ToString(const Trap& trap) {
  return trap.message.empty() ? std::string(TrapMessage(trap.kind))
                              : trap.message;
}

std::string ToString(const Exception& exception) {
  const std::string& name = exception.tag->name();
  const std::string text =
      name.empty() ? "a tag of the host"
                   : absl::StrCat("tag ", absl::Utf8SafeCHexEscape(name));
  if (exception.payload.empty()) return text;
  return absl::StrCat(text, " (",
                      absl::StrJoin(exception.payload, ", ",
                                    [](std::string* out, const Value& value) {
                                      absl::StrAppend(out, ToString(value));
                                    }),
                      ")");
}

std::string ToString(const Termination& termination) {
  if (const auto* const trap = std::get_if<Trap>(&termination)) {
    return ToString(*trap);
  }
  if (const auto* const exception = std::get_if<Exception>(&termination)) {
    return absl::StrCat("uncaught exception: ", ToString(*exception));
  }
  return absl::StrCat("exit with status ", std::get<Exit>(termination).code);
}

}  // namespace wasijit
