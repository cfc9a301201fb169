// Any text: parsing it as a test script, and what modules it has, ends with a
// status.
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/script.h"
#include "compiler/text/script_parser.h"

namespace wasijit::test {
namespace {

using compiler::Command;
using compiler::Script;

void Visit(const Script& script, const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (const auto* module =
            std::get_if<compiler::ScriptModule>(&command.body)) {
      (void)compiler::ParseScriptModule(script, *module, {});
    } else if (const auto* assertion =
                   std::get_if<compiler::ModuleAssertion>(&command.body)) {
      (void)compiler::ParseScriptModule(script, assertion->module, {});
    } else if (const auto* thread =
                   std::get_if<std::shared_ptr<const compiler::ThreadCommand>>(
                       &command.body)) {
      Visit(script, (*thread)->commands);
    }
  }
}

}  // namespace
}  // namespace wasijit::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto script = wasijit::compiler::ParseScript(
      {reinterpret_cast<const char*>(data), size});
  if (script.ok()) wasijit::test::Visit(*script, script->commands);
  return 0;
}
