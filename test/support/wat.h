// Modules from text, for tests of what comes after the front end.
#ifndef WASIJIT_TEST_SUPPORT_WAT_H_
#define WASIJIT_TEST_SUPPORT_WAT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::test {

// Parses and validates with every proposal on.
inline absl::StatusOr<Module> ModuleFromWat(absl::string_view text) {
  ASSIGN_OR_RETURN(Module module, compiler::ParseModule(text));
  RETURN_IF_ERROR(
      compiler::ValidateModule(module, compiler::FeatureSet::All()));
  return module;
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_WAT_H_
