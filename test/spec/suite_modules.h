// All modules of the official suite.
#ifndef WASIJIT_TEST_SPEC_SUITE_MODULES_H_
#define WASIJIT_TEST_SPEC_SUITE_MODULES_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/script.h"
#include "runtime/module/module.h"

namespace wasijit::test {

struct SuiteModule {
  // "proposals/threads/memory.wast:84": where its command begins.
  std::string place;
  compiler::ScriptModule::Form form;
  // kBinary: its bytes, else its text.
  std::string content;
  // Not validated.
  absl::StatusOr<Module> parsed;
};

// Visits every module, those included that are expected to be malformed or
// invalid. Identifiers go into a name section if `identifiers`. False if the
// suite is absent.
bool ForEachSuiteModule(bool identifiers,
                        const std::function<void(const SuiteModule&)>& visit);

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SPEC_SUITE_MODULES_H_
