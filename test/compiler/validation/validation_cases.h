// Cases of validation: modules as text, and what is wrong with them.
#ifndef WASIJIT_TEST_COMPILER_VALIDATION_VALIDATION_CASES_H_
#define WASIJIT_TEST_COMPILER_VALIDATION_VALIDATION_CASES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/validation/module_validator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {

struct ValidationCase {
  // Fields of a module.
  const char* fields;
  // What the error begins with; empty if the module is valid.
  const char* error;
};

inline absl::Status Validate(
    absl::string_view fields,
    compiler::FeatureSet features = compiler::FeatureSet::All()) {
  absl::StatusOr<Module> module = compiler::ParseModule(fields);
  if (!module.ok()) {
    ADD_FAILURE() << fields << "\n" << module.status();
    return module.status();
  }
  return compiler::ValidateModule(*module, features);
}

inline void ExpectValidation(
    absl::Span<const ValidationCase> cases,
    compiler::FeatureSet features = compiler::FeatureSet::All()) {
  for (const ValidationCase& c : cases) {
    const absl::Status status = Validate(c.fields, features);
    if (*c.error == '\0') {
      EXPECT_OK(status) << c.fields;
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                   testing::StartsWith(c.error)))
          << c.fields;
    }
  }
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_COMPILER_VALIDATION_VALIDATION_CASES_H_
