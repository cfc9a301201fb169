// What holds of every module that was parsed: it survives each format.
#ifndef WASIJIT_TEST_FUZZ_ROUND_TRIP_H_
#define WASIJIT_TEST_FUZZ_ROUND_TRIP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/module_printer.h"
#include "runtime/module/module.h"
#include "test/fuzz/check.h"

namespace wasijit::test {

// The module that the encoded module is: encoded again, it has the same bytes.
inline Module CheckEncoding(const Module& module) {
  const std::vector<uint8_t> encoded = compiler::EncodeBinary(module);
  absl::StatusOr<Module> again =
      compiler::DecodeModule(encoded, compiler::FeatureSet::All());
  Check(again.ok(), absl::StrCat("what was encoded is decoded: ",
                                 again.status().message()));
  Check(compiler::EncodeBinary(*again) == encoded, "encoding is stable");
  return *std::move(again);
}

inline std::string Print(const Module& module, bool identifiers) {
  const absl::StatusOr<std::string> text =
      compiler::PrintModule(module, {.identifiers = identifiers});
  Check(text.ok(), absl::StrCat("a module that was parsed is printed: ",
                                text.status().message()));
  return *text;
}

inline Module Parse(const std::string& text) {
  absl::StatusOr<Module> module = compiler::ParseModule(text);
  Check(module.ok(), absl::StrCat("what was printed is parsed: ",
                                  module.status().message(), "\n", text));
  return *std::move(module);
}

inline void CheckSame(const std::string& text, const std::string& again) {
  Check(text == again,
        absl::StrCat("printing is stable:\n", text, "\nand then:\n", again));
}

// The module that the module's text is: printed again, it has the same text.
// Names of what there is not are lost, so that others may become identifiers:
// with names that holds from the second time on.
inline Module CheckText(const Module& module) {
  const std::string bare = Print(module, /*identifiers=*/false);
  CheckSame(bare, Print(Parse(bare), /*identifiers=*/false));
  Module again = Parse(Print(module, /*identifiers=*/true));
  CheckSame(bare, Print(again, /*identifiers=*/false));
  const std::string named = Print(again, /*identifiers=*/true);
  CheckSame(named, Print(Parse(named), /*identifiers=*/true));
  return again;
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_FUZZ_ROUND_TRIP_H_
