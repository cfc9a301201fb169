// Modules whose functions are compiled when they are called, in a store.
#ifndef WASIJIT_TEST_SUPPORT_LAZY_WAT_H_
#define WASIJIT_TEST_SUPPORT_LAZY_WAT_H_

#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "compiler/jit/compile_options.h"
#include "compiler/jit/function_compiler.h"
#include "gtest/gtest.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/instance.h"
#include "runtime/lazy_code.h"
#include "runtime/module/module.h"
#include "runtime/store.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {

// A module of which nothing is compiled at first.
class LazyWat {
 public:
  explicit LazyWat(const std::shared_ptr<const Module>& module,
                   const compiler::CompileOptions& options = {},
                   const EngineOptions& engine_options = {})
      : engine_(*Engine::Create(engine_options)), store_(*engine_) {
    auto compiler = compiler::NewFunctionCompiler(module, options);
    EXPECT_OK(compiler);
    auto loaded =
        engine_->Load(LazyImage{.module = module,
                                .bounds_checks = options.bounds_checks,
                                .compiler = *std::move(compiler)});
    EXPECT_OK(loaded);
    compiled_ = *loaded;
    auto instance = store_->Instantiate(compiled_, {});
    EXPECT_OK(instance);
    instance_ = **instance;
  }
  LazyWat(const LazyWat&) = delete;
  LazyWat& operator=(const LazyWat&) = delete;

  // Waits for what is being compiled: tests have LLVM in their own executable,
  // so that the end of the process destroys LLVM's objects.
  ~LazyWat() {
    const std::weak_ptr<LazyCode> code = compiled_->lazy()->weak_from_this();
    store_.reset();
    compiled_.reset();
    engine_.reset();
    while (!code.expired()) std::this_thread::yield();
  }

  Instance& instance() { return *instance_; }
  LazyCode& code() { return *compiled_->lazy(); }

 private:
  std::unique_ptr<Engine> engine_;
  std::optional<Store> store_;
  std::shared_ptr<const CompiledModule> compiled_;
  Instance* instance_ = nullptr;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_LAZY_WAT_H_
