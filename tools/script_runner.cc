#include "tools/script_runner.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "compiler/text/script.h"
#include "compiler/text/script_parser.h"
#include "compiler/text/text_error.h"
#include "compiler/validation/module_validator.h"
#include "runtime/call.h"
#include "runtime/compiled_module.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/memory.h"
#include "runtime/module/module.h"
#include "runtime/outcome.h"
#include "runtime/rooted_value.h"
#include "runtime/status/status_macros.h"
#include "runtime/store.h"
#include "tools/script_values.h"
#include "tools/spectest.h"

namespace wasijit::tools {
namespace {

using compiler::Action;
using compiler::ActionAssertion;
using compiler::ModuleAssertion;
using compiler::ScriptModule;

// OK if a command did what it should; Unimplemented if it could not be tried;
// any other code if it failed.
using Verdict = absl::Status;

Verdict Failed(absl::string_view message) {
  return absl::InternalError(message);
}

// The suite gives the beginning of the message.
Verdict ExpectMessage(absl::string_view actual, absl::string_view expected) {
  if (absl::StartsWith(actual, expected)) return absl::OkStatus();
  return Failed(
      absl::StrCat("expected the error \"", expected, "\", not: ", actual));
}

std::string ValuesText(absl::Span<const Value> values) {
  if (values.empty()) return "nothing";
  return absl::StrJoin(values, " ", [](std::string* out, const Value& value) {
    absl::StrAppend(out, ToString(value));
  });
}

// The reference interpreter names the element in some messages about traps:
// "uninitialized element 2".
Verdict ExpectTrap(const Termination& termination, absl::string_view expected) {
  const size_t last = expected.find_last_not_of("0123456789");
  if (last != absl::string_view::npos && expected[last] == ' ') {
    expected = expected.substr(0, last);
  }
  return ExpectMessage(ToString(termination), expected);
}

// An instance, or why there is none.
struct NamedInstance {
  Instance* instance = nullptr;
  absl::Status missing;
};

// The shared memories that the instance exports, with the names.
std::vector<std::pair<std::string, Memory*>> SharedMemories(
    Instance& instance) {
  std::vector<std::pair<std::string, Memory*>> memories;
  for (const Export& exported : instance.module().exports) {
    if (exported.kind != ExternKind::kMemory) continue;
    Memory* const memory = instance.memory(exported.index);
    if (memory->type().shared) memories.emplace_back(exported.name, memory);
  }
  return memories;
}

class ScriptRunner {
 public:
  ScriptRunner(const compiler::Script& script, const ScriptOptions& options)
      : script_(script), options_(options) {
    if (options.engine == nullptr) return;
    store_.emplace(*options.engine);
    linker_.AllowShadowing(true);
  }

  ScriptReport Run() { return Run(script_.commands); }

 private:
  // A thread of the script: a runner of its own, whose store has no more than
  // the memories in common with the first.
  struct Thread {
    std::unique_ptr<ScriptRunner> runner;
    ScriptReport report;
    // Last: it is joined before the others go.
    std::jthread thread;
  };

  ScriptReport Run(absl::Span<const compiler::Command> commands);
  // Counted from 1. Call for ascending tokens.
  size_t LineOf(const compiler::Command& command);
  // Waits for the thread's end and takes over what it has found.
  Verdict Join(const std::string& name);
  Verdict RegisterShared(absl::string_view module, Instance& instance);

  Verdict Visit(const ScriptModule& module);
  Verdict Visit(const compiler::InstanceCommand& command);
  Verdict Visit(const compiler::RegisterCommand& command);
  Verdict Visit(const Action& action);
  Verdict Visit(const ModuleAssertion& assertion);
  Verdict Visit(const ActionAssertion& assertion);
  Verdict Visit(const std::shared_ptr<const compiler::ThreadCommand>& thread);
  Verdict Visit(const compiler::WaitCommand& wait);
  // Whether the command can be tried without executing anything, and whether
  // it counts as an assertion.
  static bool NeedsNoEngine(const compiler::Command& command);
  static bool IsAssertion(const compiler::Command& command);

  absl::StatusOr<Module> Parse(const ScriptModule& module) const;
  // Parses and validates.
  absl::Status Check(const ScriptModule& module) const;
  absl::StatusOr<std::shared_ptr<const CompiledModule>> Compile(
      const ScriptModule& module);
  absl::StatusOr<Outcome<Instance*>> Instantiate(
      const std::shared_ptr<const CompiledModule>& module);
  // Makes the instance the latest one, and the one of that name.
  Verdict Remember(absl::string_view name,
                   absl::StatusOr<Outcome<Instance*>> instance);
  absl::StatusOr<Instance*> FindInstance(absl::string_view name) const;

  absl::StatusOr<Outcome<std::vector<Value>>> Perform(const Action& action);
  Verdict CheckResults(absl::Span<const Value> results,
                       const ActionAssertion& assertion);

  const compiler::Script& script_;
  const ScriptOptions options_;
  ScriptReport report_;
  // Of the latest command.
  size_t line_ = 1;
  size_t line_offset_ = 0;
  std::optional<Store> store_;
  Linker linker_;
  // By identifier; the empty one stands for the latest.
  absl::flat_hash_map<std::string, NamedInstance> instances_;
  absl::flat_hash_map<std::string,
                      absl::StatusOr<std::shared_ptr<const CompiledModule>>>
      definitions_;
  // Registered names without an instance, and why.
  absl::flat_hash_map<std::string, absl::Status> missing_modules_;
  // Instances of the first thread whose shared memories this one may use.
  absl::flat_hash_map<std::string, Instance*> shared_instances_;
  // Last: threads end before what they share goes.
  absl::flat_hash_map<std::string, std::unique_ptr<Thread>> threads_;
};

bool ScriptRunner::IsAssertion(const compiler::Command& command) {
  return std::holds_alternative<ModuleAssertion>(command.body) ||
         std::holds_alternative<ActionAssertion>(command.body);
}

bool ScriptRunner::NeedsNoEngine(const compiler::Command& command) {
  if (std::holds_alternative<ScriptModule>(command.body)) return true;
  const auto* assertion = std::get_if<ModuleAssertion>(&command.body);
  return assertion != nullptr &&
         assertion->kind != ModuleAssertion::Kind::kUnlinkable &&
         assertion->kind != ModuleAssertion::Kind::kTrap;
}

size_t ScriptRunner::LineOf(const compiler::Command& command) {
  const absl::string_view source = script_.sequence.source;
  const size_t begin = script_.sequence.tokens[command.token].offset();
  line_ +=
      std::count(source.begin() + line_offset_, source.begin() + begin, '\n');
  line_offset_ = begin;
  return line_;
}

ScriptReport ScriptRunner::Run(absl::Span<const compiler::Command> commands) {
  ScriptReport& report = report_;
  if (store_.has_value()) {
    if (absl::Status status = DefineSpectest(*store_, linker_); !status.ok()) {
      report.findings.push_back(
          {ScriptFinding::Kind::kFailed, 1, std::string(status.message())});
      return report;
    }
  }
  for (const compiler::Command& command : commands) {
    if (!store_.has_value() && !NeedsNoEngine(command)) continue;
    const size_t line = LineOf(command);
    if (options_.on_command) options_.on_command(line);
    const Verdict verdict = std::visit(
        [this](const auto& body) { return Visit(body); }, command.body);
    if (verdict.ok()) {
      if (IsAssertion(command)) ++report.passed;
    } else {
      const bool skipped = absl::IsUnimplemented(verdict);
      report.findings.push_back({skipped ? ScriptFinding::Kind::kSkipped
                                         : ScriptFinding::Kind::kFailed,
                                 line, std::string(verdict.message())});
    }
  }
  while (!threads_.empty()) {
    static_cast<void>(Join(threads_.begin()->first));
  }
  std::sort(report.findings.begin(), report.findings.end(),
            [](const ScriptFinding& a, const ScriptFinding& b) {
              return a.line < b.line;
            });
  return report;
}

// Modules.

absl::StatusOr<Module> ScriptRunner::Parse(const ScriptModule& module) const {
  return compiler::ParseScriptModule(script_, module,
                                     {.features = options_.features});
}

absl::Status ScriptRunner::Check(const ScriptModule& module) const {
  ASSIGN_OR_RETURN(Module parsed, Parse(module));
  return compiler::ValidateModule(parsed, options_.features);
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> ScriptRunner::Compile(
    const ScriptModule& module) {
  ASSIGN_OR_RETURN(const Module parsed, Parse(module));
  return options_.engine->Compile(*parsed.bytes);
}

absl::StatusOr<Outcome<Instance*>> ScriptRunner::Instantiate(
    const std::shared_ptr<const CompiledModule>& module) {
  for (const Import& import : module->module().imports) {
    const auto missing = missing_modules_.find(import.module);
    if (missing != missing_modules_.end()) return missing->second;
  }
  return linker_.Instantiate(*store_, module);
}

Verdict ScriptRunner::Remember(absl::string_view name,
                               absl::StatusOr<Outcome<Instance*>> instance) {
  NamedInstance remembered;
  if (!instance.ok()) {
    remembered.missing = instance.status();
  } else if (instance->has_value()) {
    remembered.instance = **instance;
  } else {
    remembered.missing = Failed(
        absl::StrCat("instantiation ended: ", ToString(instance->error())));
  }
  instances_[""] = remembered;
  if (!name.empty()) instances_[name] = remembered;
  return remembered.missing;
}

Verdict ScriptRunner::Visit(const ScriptModule& module) {
  if (!store_.has_value()) return Check(module);
  absl::StatusOr<std::shared_ptr<const CompiledModule>> compiled =
      Compile(module);
  definitions_[""] = compiled;
  definitions_[module.name] = compiled;
  if (module.is_definition) return compiled.status();
  if (!compiled.ok()) return Remember(module.name, compiled.status());
  return Remember(module.name, Instantiate(*compiled));
}

Verdict ScriptRunner::Visit(const compiler::InstanceCommand& command) {
  const auto definition = definitions_.find(command.definition);
  if (definition == definitions_.end()) {
    return Failed(
        absl::StrCat("there is no module definition $", command.definition));
  }
  if (!definition->second.ok()) {
    return Remember(command.name, definition->second.status());
  }
  return Remember(command.name, Instantiate(*definition->second));
}

Verdict ScriptRunner::Visit(const compiler::RegisterCommand& command) {
  if (const auto shared = shared_instances_.find(command.instance);
      shared != shared_instances_.end()) {
    return RegisterShared(command.module, *shared->second);
  }
  absl::StatusOr<Instance*> instance = FindInstance(command.instance);
  if (!instance.ok()) {
    missing_modules_[command.module] = instance.status();
    return instance.status();
  }
  missing_modules_.erase(command.module);
  return linker_.DefineInstance(command.module, **instance);
}

absl::StatusOr<Instance*> ScriptRunner::FindInstance(
    absl::string_view name) const {
  const auto found = instances_.find(name);
  if (found == instances_.end()) {
    return Failed(name.empty() ? std::string("there is no instance yet")
                               : absl::StrCat("there is no instance $", name));
  }
  RETURN_IF_ERROR(found->second.missing);
  return found->second.instance;
}

Verdict ScriptRunner::Visit(const ModuleAssertion& assertion) {
  using Kind = ModuleAssertion::Kind;
  if (assertion.kind == Kind::kUnlinkable || assertion.kind == Kind::kTrap) {
    ASSIGN_OR_RETURN(std::shared_ptr<const CompiledModule> module,
                     Compile(assertion.module));
    absl::StatusOr<Outcome<Instance*>> instance = Instantiate(module);
    if (absl::IsUnimplemented(instance.status())) return instance.status();
    if (assertion.kind == Kind::kUnlinkable) {
      if (instance.ok()) return Failed("the module can be linked");
      return ExpectMessage(instance.status().message(), assertion.message);
    }
    RETURN_IF_ERROR(instance.status());
    if (instance->has_value()) return Failed("instantiation does not trap");
    return ExpectMessage(ToString(instance->error()), assertion.message);
  }
  const absl::Status parsed = Parse(assertion.module).status();
  // Malformed function bodies of a binary module are found by validation.
  const bool is_malformed =
      assertion.kind == Kind::kMalformed &&
      assertion.module.form != ScriptModule::Form::kBinary;
  absl::Status status = parsed;
  if (parsed.ok() && !is_malformed) status = Check(assertion.module);
  if (status.ok()) {
    return Failed(absl::StrCat("the module is accepted, expected the error \"",
                               assertion.message, "\""));
  }
  if (assertion.kind == Kind::kInvalid && !parsed.ok() &&
      assertion.module.form != ScriptModule::Form::kBinary) {
    return Failed(absl::StrCat("the module is malformed, not invalid: ",
                               parsed.message()));
  }
  return ExpectMessage(status.message(), assertion.message);
}

// Actions.

absl::StatusOr<Outcome<std::vector<Value>>> ScriptRunner::Perform(
    const Action& action) {
  ASSIGN_OR_RETURN(Instance * instance, FindInstance(action.instance));
  if (action.kind == Action::Kind::kGet) {
    Global* global = instance->FindGlobal(action.name);
    if (global == nullptr) {
      return Failed(absl::StrCat("there is no global \"", action.name, "\""));
    }
    return Outcome<std::vector<Value>>({global->Get()});
  }
  Function* function = instance->FindFunction(action.name);
  if (function == nullptr) {
    return Failed(absl::StrCat("there is no function \"", action.name, "\""));
  }
  std::vector<Value> arguments;
  std::vector<RootedValue> roots;
  for (const compiler::ScriptArgument& argument : action.arguments) {
    ASSIGN_OR_RETURN(const Value value, ArgumentValue(*store_, argument));
    arguments.push_back(value);
    roots.emplace_back(*store_, value);
  }
  return Call(*function, arguments);
}

Verdict ScriptRunner::Visit(const Action& action) {
  ASSIGN_OR_RETURN(Outcome<std::vector<Value>> outcome, Perform(action));
  if (outcome.has_value()) return absl::OkStatus();
  return Failed(absl::StrCat("ended: ", ToString(outcome.error())));
}

Verdict ScriptRunner::CheckResults(absl::Span<const Value> results,
                                   const ActionAssertion& assertion) {
  bool matches = results.size() == assertion.results.size();
  for (size_t i = 0; matches && i < results.size(); ++i) {
    matches = MatchesPattern(*store_, results[i], assertion.results[i]);
  }
  if (matches) return absl::OkStatus();
  std::string expected = absl::StrJoin(
      assertion.results, " ",
      [](std::string* out, const compiler::ResultPattern& pattern) {
        absl::StrAppend(out, ToString(pattern));
      });
  return Failed(absl::StrCat("\"", assertion.action.name, "\" returns ",
                             ValuesText(results), ", expected ",
                             expected.empty() ? "nothing" : expected));
}

Verdict ScriptRunner::Visit(const ActionAssertion& assertion) {
  using Kind = ActionAssertion::Kind;
  ASSIGN_OR_RETURN(Outcome<std::vector<Value>> outcome,
                   Perform(assertion.action));
  if (assertion.kind == Kind::kReturn) {
    if (outcome.has_value()) return CheckResults(*outcome, assertion);
    return Failed(absl::StrCat("\"", assertion.action.name,
                               "\" ends: ", ToString(outcome.error())));
  }
  if (outcome.has_value()) {
    const std::string expected =
        assertion.kind == Kind::kException
            ? "an exception"
            : absl::StrCat("the trap \"", assertion.message, "\"");
    return Failed(absl::StrCat("\"", assertion.action.name, "\" returns ",
                               ValuesText(*outcome), ", expected ", expected));
  }
  if (assertion.kind == Kind::kException) {
    return std::holds_alternative<Exception>(outcome.error())
               ? absl::OkStatus()
               : Failed(absl::StrCat("expected an exception, not: ",
                                     ToString(outcome.error())));
  }
  return ExpectTrap(outcome.error(), assertion.message);
}

// Threads.

Verdict ScriptRunner::RegisterShared(absl::string_view module,
                                     Instance& instance) {
  for (const auto& [name, memory] : SharedMemories(instance)) {
    RETURN_IF_ERROR(linker_.Define(module, name, Extern(memory)));
  }
  return absl::OkStatus();
}

Verdict ScriptRunner::Visit(
    const std::shared_ptr<const compiler::ThreadCommand>& command) {
  ScriptOptions options = options_;
  // Commands of several threads have no order.
  options.on_command = nullptr;
  auto thread = std::make_unique<Thread>();
  thread->runner = std::make_unique<ScriptRunner>(script_, std::move(options));
  for (const std::string& name : command->shared) {
    ASSIGN_OR_RETURN(Instance * instance, FindInstance(name));
    for (const auto& [_, memory] : SharedMemories(*instance)) {
      thread->runner->store_->AddShared(*memory);
    }
    thread->runner->shared_instances_[name] = instance;
  }
  Thread& started = *thread;
  if (!threads_.emplace(command->name, std::move(thread)).second) {
    return Failed(absl::StrCat("there already is a thread $", command->name));
  }
  started.thread = std::jthread([&started, command] {
    started.report = started.runner->Run(command->commands);
  });
  return absl::OkStatus();
}

Verdict ScriptRunner::Join(const std::string& name) {
  const auto found = threads_.find(name);
  if (found == threads_.end()) {
    return Failed(absl::StrCat("there is no thread $", name));
  }
  const std::unique_ptr<Thread> thread = std::move(found->second);
  threads_.erase(found);
  thread->thread.join();
  report_.passed += thread->report.passed;
  report_.findings.insert(report_.findings.end(),
                          thread->report.findings.begin(),
                          thread->report.findings.end());
  return absl::OkStatus();
}

Verdict ScriptRunner::Visit(const compiler::WaitCommand& wait) {
  return Join(wait.thread);
}

}  // namespace

uint64_t ScriptReport::Count(ScriptFinding::Kind kind) const {
  return std::count_if(
      findings.begin(), findings.end(),
      [kind](const ScriptFinding& finding) { return finding.kind == kind; });
}

ScriptReport RunScript(absl::string_view source, const ScriptOptions& options) {
  absl::StatusOr<compiler::Script> script = compiler::ParseScript(source);
  if (!script.ok()) {
    ScriptReport report;
    report.findings.push_back({ScriptFinding::Kind::kFailed, 1,
                               std::string(script.status().message())});
    return report;
  }
  return ScriptRunner(*script, options).Run();
}

}  // namespace wasijit::tools
