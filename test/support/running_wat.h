// Modules in the text format, compiled and run in every way that code can be
// made for this machine.
#ifndef WASIJIT_TEST_SUPPORT_RUNNING_WAT_H_
#define WASIJIT_TEST_SUPPORT_RUNNING_WAT_H_

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/image_compiler.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/call.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/function.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::test {

// What becomes of a module is a test failure unless it is an instance.
class RunningWat {
 public:
  RunningWat(const std::shared_ptr<const Module>& module,
             const compiler::CompileOptions& options, const Linker& linker = {})
      : engine_(*Engine::Create()), store_(*engine_) {
    absl::StatusOr<CodeImage> image = compiler::CompileModule(module, options);
    EXPECT_OK(image);
    if (!image.ok()) return;
    auto compiled = engine_->Load(*std::move(image));
    EXPECT_OK(compiled);
    if (!compiled.ok()) return;
    auto instance = linker.Instantiate(store_, *std::move(compiled));
    EXPECT_OK(instance);
    if (instance.ok() && instance->has_value()) instance_ = **instance;
    EXPECT_NE(instance_, nullptr);
  }

  Store& store() { return store_; }
  Instance& instance() { return *instance_; }

  // The results as the text format writes them, or why there are none.
  std::string Call(absl::string_view function,
                   const std::vector<Value>& arguments) {
    Function* exported = instance_->FindFunction(function);
    if (exported == nullptr) return absl::StrCat("no function ", function);
    const auto outcome = wasijit::Call(*exported, arguments);
    if (!outcome.ok()) return outcome.status().ToString();
    if (outcome->has_value()) {
      return absl::StrJoin(**outcome, " ",
                           [](std::string* text, const Value& value) {
                             absl::StrAppend(text, ToString(value));
                           });
    }
    const auto* trap = std::get_if<Trap>(&outcome->error());
    return trap == nullptr ? ToString(outcome->error())
                           : absl::StrCat("trap: ", ToString(*trap));
  }

 private:
  std::unique_ptr<Engine> engine_;
  Store store_;
  Instance* instance_ = nullptr;
};

// One call and what it gives.
struct WatCall {
  std::string function;
  std::vector<Value> arguments;
  std::string expected;
};

// Makes the calls, one after the other in the same instance, for every level
// and every way to check bounds.
inline void ExpectCalls(absl::string_view wat,
                        const std::vector<WatCall>& calls,
                        const Linker& linker = {}) {
  absl::StatusOr<Module> parsed = ModuleFromWat(wat);
  ASSERT_OK(parsed);
  const auto module = std::make_shared<const Module>(*std::move(parsed));
  using compiler::OptimizationLevel;
  for (OptimizationLevel level :
       {OptimizationLevel::kNone, OptimizationLevel::kQuick,
        OptimizationLevel::kFull}) {
    for (BoundsChecks checks :
         {BoundsChecks::kGuardPages, BoundsChecks::kExplicit}) {
      for (bool strict_traps : {false, true}) {
        compiler::CompileOptions options;
        options.level = level;
        options.bounds_checks = checks;
        options.strict_traps = strict_traps;
        RunningWat running(module, options, linker);
        for (const WatCall& call : calls) {
          EXPECT_EQ(running.Call(call.function, call.arguments), call.expected)
              << call.function << "("
              << absl::StrJoin(call.arguments, " ",
                               [](std::string* text, const Value& value) {
                                 absl::StrAppend(text, ToString(value));
                               })
              << "), level " << static_cast<int>(level) << ", explicit "
              << (checks == BoundsChecks::kExplicit) << ", strict "
              << strict_traps;
        }
      }
    }
  }
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_RUNNING_WAT_H_
