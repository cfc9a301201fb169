#include "runtime/lazy_code.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/tier_compiler.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint32_t kLoop = 50;
constexpr uint32_t kBrokenLoop = 51;

// Functions 0 and 1 add, function 2 cannot be compiled.
class FakeCompiler : public TierCompiler {
 public:
  struct Log {
    std::atomic<int> compiled = 0;
    std::atomic<int> optimized = 0;
    std::atomic<int> loops = 0;
    // Compiling begins when this is notified.
    absl::Notification gate;
  };

  FakeCompiler(CodeImage image, std::shared_ptr<Log> log)
      : image_(std::move(image)), log_(std::move(log)) {}

  std::vector<uint32_t> Plan(
      Tier tier, uint32_t function,
      absl::FunctionRef<bool(uint32_t function)> is_wanted) const override {
    std::vector<uint32_t> functions = {function};
    for (uint32_t other = 0; other < 3 && tier == Tier::kBaseline; ++other) {
      if (other != function && is_wanted(other)) functions.push_back(other);
    }
    return functions;
  }

  // All code of the functions is the same.
  absl::StatusOr<CodeImage> CompileLoop(uint32_t function,
                                        uint32_t loop) const override {
    ++log_->loops;
    if (loop == kBrokenLoop) return absl::UnimplementedError("no code");
    return Compile(Tier::kOptimized, {function});
  }

  absl::StatusOr<CodeImage> Compile(
      Tier tier, absl::Span<const uint32_t> functions) const override {
    log_->gate.WaitForNotification();
    CodeImage image = image_;
    image.functions.clear();
    for (const uint32_t function : functions) {
      if (function == 2) return absl::UnimplementedError("no code for 2");
      image.functions.push_back(image_.functions[function]);
    }
    image.part.assign(functions.begin(), functions.end());
    ++(tier == Tier::kBaseline ? log_->compiled : log_->optimized);
    return image;
  }

 private:
  const CodeImage image_;
  const std::shared_ptr<Log> log_;
};

class LazyCodeTest : public RuntimeTest {
 protected:
  LazyCodeTest() {
    const uint32_t type = builder_.Type({kI32, kI32}, {kI32});
    const Code add = {wasijit_test_add, wasijit_test_divide};
    builder_.Function(type, add, "add");
    builder_.Function(type, add, "plus");
    builder_.Function(type, add, "broken");
  }

  LazyImage Image() {
    const CodeImage image = builder_.Build();
    return {.module = image.module,
            .bounds_checks = BoundsChecks::kGuardPages,
            .compiler = std::make_unique<const FakeCompiler>(image, log_)};
  }

  static std::vector<Value> Numbers() {
    return {Value::I32(40), Value::I32(2)};
  }

  ImageBuilder builder_;
  std::shared_ptr<FakeCompiler::Log> log_ =
      std::make_shared<FakeCompiler::Log>();
};

TEST_F(LazyCodeTest, CallsCompile) {
  log_->gate.Notify();
  const auto module = engine_->Load(Image());
  ASSERT_OK(module);
  const auto instance = store_->Instantiate(*module, {});
  ASSERT_OK(instance);
  EXPECT_EQ(log_->compiled, 0);
  for (const char* name : {"add", "plus", "add"}) {
    const auto result = CallExport(***instance, name, Numbers());
    ASSERT_THAT(result, HasOutcome());
    EXPECT_THAT(*result, ElementsAre(Value::I32(42)));
  }
  // The first batch fails for its neighbour, so each is alone.
  EXPECT_EQ(log_->compiled, 2);
}

TEST_F(LazyCodeTest, FailuresEndTheCallAndStay) {
  log_->gate.Notify();
  const auto module = engine_->Load(Image());
  ASSERT_OK(module);
  const auto instance = store_->Instantiate(*module, {});
  ASSERT_OK(instance);
  for (int i = 0; i < 2; ++i) {
    const auto result = CallExport(***instance, "broken", Numbers());
    ASSERT_THAT(result, TrapsWith(TrapKind::kHostError));
    EXPECT_THAT(std::get<Trap>(result.error()).message,
                HasSubstr("cannot compile function 2: no code for 2"));
  }
  EXPECT_THAT(CallExport(***instance, "add", Numbers()), HasOutcome());
}

TEST_F(LazyCodeTest, ConcurrentCallersWaitForTheSameCode) {
  const auto code = LazyCode::Create(Image());
  ASSERT_OK(code);
  std::vector<std::thread> threads;
  std::atomic<int> found = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { found += (*code)->Find(1).ok() ? 1 : 0; });
  }
  log_->gate.Notify();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 4);
  EXPECT_EQ(log_->compiled, 1);
  EXPECT_TRUE((*code)->HasTier(1, Tier::kBaseline));
  EXPECT_FALSE((*code)->HasTier(0, Tier::kBaseline));
}

TEST_F(LazyCodeTest, HotFunctionsGetBetterCodeOnceAndOldCodeStays) {
  log_->gate.Notify();
  const auto code = LazyCode::Create(Image());
  ASSERT_OK(code);
  ASSERT_OK_AND_ASSIGN(const void* const first, (*code)->Find(0));
  const LoadedCode* const old = (*code)->CodeAt(first);
  ASSERT_NE(old, nullptr);
  (*code)->NoteHot(0);
  (*code)->NoteHot(0);
  while (!(*code)->HasTier(0, Tier::kOptimized)) std::this_thread::yield();
  ASSERT_OK_AND_ASSIGN(const void* const better, (*code)->Find(0));
  EXPECT_NE(better, first);
  EXPECT_EQ((*code)->CodeAt(first), old);
  EXPECT_NE((*code)->CodeAt(better), old);
  EXPECT_EQ((*code)->CodeAt((*code)->Trampoline(0)), nullptr);
  EXPECT_EQ(log_->optimized, 1);
}

// What a loop of function 0 finds after so many calls of the function.
const void* AskInLoop(LazyCode& code, uint32_t loop, uint32_t new_calls) {
  code.counters()[0].calls += new_calls;
  return code.FindLoop(0, loop);
}

TEST_F(LazyCodeTest, LongLoopsAreReplaced) {
  log_->gate.Notify();
  const auto code = LazyCode::Create(Image());
  ASSERT_OK(code);
  ASSERT_OK((*code)->Find(0));
  // In the first call of the function, all the time.
  const void* replacement = AskInLoop(**code, kLoop, 1);
  while (replacement == nullptr) replacement = AskInLoop(**code, kLoop, 0);
  EXPECT_NE((*code)->CodeAt(replacement), nullptr);
  EXPECT_EQ((*code)->replaced_loops(), 1u);
  EXPECT_FALSE((*code)->HasTier(0, Tier::kOptimized));
  EXPECT_EQ(log_->loops, 1);
  // Another call: so this is a function to make better.
  EXPECT_EQ(AskInLoop(**code, kLoop, 1), replacement);
  while (!(*code)->HasTier(0, Tier::kOptimized)) std::this_thread::yield();
  EXPECT_EQ(log_->loops, 1);
}

TEST_F(LazyCodeTest, ShortLoopsGetBetterFunctions) {
  log_->gate.Notify();
  const auto code = LazyCode::Create(Image());
  ASSERT_OK(code);
  ASSERT_OK((*code)->Find(0));
  while (!(*code)->HasTier(0, Tier::kOptimized)) {
    EXPECT_EQ(AskInLoop(**code, kLoop, 2), nullptr);
  }
  EXPECT_EQ(log_->loops, 0);
}

TEST_F(LazyCodeTest, LoopsThatWaitAreReplacedAtOnceOrNever) {
  log_->gate.Notify();
  const auto code = LazyCode::Create(Image(), {.patience = 0, .waits = true});
  ASSERT_OK(code);
  ASSERT_OK((*code)->Find(0));
  EXPECT_NE((*code)->FindLoop(0, kLoop), nullptr);
  EXPECT_EQ((*code)->FindLoop(0, kBrokenLoop), nullptr);
  EXPECT_EQ((*code)->FindLoop(0, kBrokenLoop), nullptr);
  EXPECT_EQ(log_->loops, 2);
}

TEST_F(LazyCodeTest, ModulesMayGoWhileTheyAreCompiled) {
  {
    auto module = engine_->Load(Image());
    ASSERT_OK(module);
    (*module)->lazy()->NoteHot(0);
  }
  log_->gate.Notify();
}

}  // namespace
}  // namespace wasijit::test
