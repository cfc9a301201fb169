// Any text: parsing ends with a status, and what it accepts is the same after
// the binary format and after the text format.
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module.h"
#include "test/fuzz/check.h"
#include "test/fuzz/round_trip.h"

namespace wasijit::test {
namespace {

void Run(absl::string_view text) {
  absl::StatusOr<Module> module = compiler::ParseModule(text);
  if (!module.ok()) return;
  CheckEncoding(*module);
  const Module again = CheckText(*module);
  const bool valid =
      compiler::ValidateModule(*module, compiler::FeatureSet::All()).ok();
  Module checked = again;
  Check(compiler::ValidateModule(checked, compiler::FeatureSet::All()).ok() ==
            valid,
        "what was printed is as valid as it was");
}

}  // namespace
}  // namespace wasijit::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasijit::test::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
