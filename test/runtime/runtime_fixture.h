// An engine and a store for a test, and short ways to make instances.
#ifndef WASIJIT_TEST_RUNTIME_RUNTIME_FIXTURE_H_
#define WASIJIT_TEST_RUNTIME_RUNTIME_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/call.h"
#include "runtime/engine.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {

// The Outcome is a trap of this kind.
MATCHER_P(TrapsWith, kind, "") {
  if (arg.has_value()) {
    *result_listener << "there is no trap";
    return false;
  }
  const auto* const trap = std::get_if<Trap>(&arg.error());
  if (trap == nullptr) {
    *result_listener << "it is an exit";
    return false;
  }
  *result_listener << ToString(*trap);
  return trap->kind == kind;
}

// The Outcome is an exit with this code.
MATCHER_P(ExitsWith, code, "") {
  if (arg.has_value()) return false;
  const auto* const exit = std::get_if<Exit>(&arg.error());
  return exit != nullptr && exit->code == static_cast<uint32_t>(code);
}

MATCHER(HasOutcome, "has results") { return arg.has_value(); }

class RuntimeTest : public testing::Test {
 protected:
  explicit RuntimeTest(EngineOptions options = {}) {
    static std::once_flag once;
    std::call_once(once, LetFaultsKill);
    auto engine = Engine::Create(options);
    EXPECT_OK(engine);
    engine_ = *std::move(engine);
    store_ = std::make_unique<Store>(*engine_);
  }

  std::shared_ptr<const CompiledModule> Load(const ImageBuilder& builder) {
    auto module = engine_->Load(builder.Build());
    EXPECT_OK(module);
    return *std::move(module);
  }

  // An instance whose instantiation must succeed.
  Instance& MakeInstance(const ImageBuilder& builder,
                         const std::vector<Extern>& imports = {}) {
    auto outcome = store_->Instantiate(Load(builder), imports);
    EXPECT_OK(outcome);
    EXPECT_TRUE(outcome->has_value());
    return ***outcome;
  }

  Function& NewFunction(HostFunction function) {
    auto made = store_->NewFunction(std::move(function));
    EXPECT_OK(made);
    return **made;
  }

  // Calls an export with arguments of its type.
  static Outcome<std::vector<Value>> CallExport(
      Instance& instance, absl::string_view name,
      const std::vector<Value>& arguments = {}) {
    auto outcome = Call(*instance.FindFunction(name), arguments);
    EXPECT_OK(outcome);
    return *std::move(outcome);
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_RUNTIME_RUNTIME_FIXTURE_H_
