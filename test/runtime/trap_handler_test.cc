#include "runtime/trap_handler.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/virtual_memory.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::KilledBySignal;

constexpr int64_t kPage = 65536;

volatile int64_t* Nowhere() {
  volatile uintptr_t address = 0;
  return reinterpret_cast<volatile int64_t*>(address);
}

MemoryType OnePage() {
  MemoryType type;
  type.limits.min = 1;
  return type;
}

// An instance with one page of memory and functions that access any place.
class TrapHandlerTest : public RuntimeTest {
 protected:
  TrapHandlerTest() {
    builder_.Memory(1, 3);
    builder_.Export("memory", ExternKind::kMemory, 0);
    builder_.Function(builder_.Type({kI64}, {kI32}),
                      CodeFrom(wasijit_test_load), "load");
    builder_.Function(builder_.Type({kI64, kI32}, {}),
                      CodeFrom(wasijit_test_store), "store");
    builder_.Function(builder_.Type({kI64}, {kI64}),
                      CodeFrom(wasijit_test_peek), "peek");
    builder_.Function(builder_.Type({kI64}, {}), CodeFrom(wasijit_test_jump),
                      "jump");
    builder_.Function(builder_.Type({}, {}), CodeFrom(wasijit_test_recurse),
                      "recurse");
    builder_.Function(builder_.Type({kI32, kI32}, {kI32}),
                      CodeFrom(wasijit_test_divide), "divide");
    instance_ = &MakeInstance(builder_);
  }

  // Accesses the memory at an index.
  Outcome<std::vector<Value>> Load(int64_t index) {
    return CallExport(*instance_, "load",
                      {Value::I64(builder_.FromPinned(index))});
  }
  Outcome<std::vector<Value>> Store(int64_t index, int32_t value) {
    return CallExport(
        *instance_, "store",
        {Value::I64(builder_.FromPinned(index)), Value::I32(value)});
  }
  Outcome<std::vector<Value>> Peek(const void* address) {
    return CallExport(*instance_, "peek",
                      {Value::I64(static_cast<int64_t>(
                          reinterpret_cast<uintptr_t>(address)))});
  }

  // Calls `function` from WebAssembly.
  Outcome<std::vector<Value>> CallFromWasm(
      std::function<Outcome<int64_t>()> function) {
    Function& host = NewFunction(HostFunction::Wrap(std::move(function)));
    ImageBuilder builder;
    builder.Import("", "",
                   FunctionExternType{.type = builder.Type({}, {kI64})});
    builder.Function(builder.Type({kI64}, {kI64}),
                     CodeFrom(wasijit_test_call_import), "call");
    return CallExport(MakeInstance(builder, {&host}), "call",
                      {Value::I64(builder.ImportSlot(0))});
  }

  ImageBuilder builder_;
  Instance* instance_ = nullptr;
};
using TrapHandlerDeathTest = TrapHandlerTest;

TEST_F(TrapHandlerTest, AccessesWithinTheMemoryWork) {
  ASSERT_THAT(Store(kPage - 4, 0x12345678), HasOutcome());
  const auto loaded = Load(kPage - 4);
  ASSERT_THAT(loaded, HasOutcome());
  EXPECT_THAT(*loaded, ElementsAre(Value::I32(0x12345678)));
}

TEST_F(TrapHandlerTest, AccessesBeyondTheMemoryTrapWhereverTheyGo) {
  const int64_t kOutside[] = {
      kPage,
      kPage - 1,
      2 * kPage,
      int64_t{1} << 31,
      int64_t{1} << 32,
      (int64_t{1} << 33) - 2,
  };
  for (const int64_t index : kOutside) {
    SCOPED_TRACE(index);
    EXPECT_THAT(Load(index), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
    EXPECT_THAT(Store(index, 1), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  }
}

TEST_F(TrapHandlerTest, WhatGrowthAddsStopsTrapping) {
  EXPECT_THAT(Load(kPage), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  EXPECT_EQ(instance_->memory(0)->Grow(2), 1u);
  EXPECT_THAT(Load(3 * kPage - 4), HasOutcome());
  EXPECT_THAT(Load(3 * kPage), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  EXPECT_EQ(instance_->memory(0)->Grow(1), std::nullopt);
}

TEST_F(TrapHandlerTest, DivisionsThatTheCpuRefusesTrap) {
  EXPECT_THAT(CallExport(*instance_, "divide", {Value::I32(7), Value::I32(0)}),
              TrapsWith(TrapKind::kIntegerDivideByZero));
}

TEST_F(TrapHandlerTest, AThreadWithASmallStackSurvivesTraps) {
  std::function<void()> use = [this] {
    EXPECT_THAT(Load(kPage), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
    EXPECT_THAT(CallExport(*instance_, "recurse"),
                TrapsWith(TrapKind::kCallStackExhausted));
  };
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, size_t{64} << 10), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* argument) -> void* {
                  (*static_cast<std::function<void()>*>(argument))();
                  return nullptr;
                },
                &use),
            0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

TEST_F(TrapHandlerTest, AForkedChildTraps) {
  EXPECT_THAT(Load(kPage), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto outcome = Load(kPage);
    const auto exhausted = CallExport(*instance_, "recurse");
    _exit(!outcome.has_value() && !exhausted.has_value() ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(TrapHandlerTest, TrapsWhileAnotherThreadLoadsModules) {
  std::atomic<bool> done = false;
  std::thread loader([&] {
    while (!done) {
      ImageBuilder builder;
      builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_recurse));
      EXPECT_OK(engine_->Load(builder.Build()));
    }
  });
  for (int i = 0; i < 2000; ++i) {
    ASSERT_THAT(Load(kPage), TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  }
  done = true;
  loader.join();
}

// ---- Faults that are not WebAssembly's.

TEST_F(TrapHandlerDeathTest, AFaultOfAHostFunctionKills) {
  EXPECT_EXIT(static_cast<void>(CallFromWasm(
                  []() -> Outcome<int64_t> { return *Nowhere(); })),
              KilledBySignal(SIGSEGV), "");
}

TEST_F(TrapHandlerDeathTest, AHostFunctionThatLeavesGuestMemoryKills) {
  uint8_t* const end = instance_->memory(0)->data() + kPage;
  EXPECT_EXIT(static_cast<void>(CallFromWasm([=]() -> Outcome<int64_t> {
                return *const_cast<volatile uint8_t*>(end);
              })),
              KilledBySignal(SIGSEGV), "");
}

TEST_F(TrapHandlerDeathTest, CompiledCodeThatLeavesItsMemoriesKills) {
  EXPECT_EXIT(static_cast<void>(Peek(nullptr)), KilledBySignal(SIGSEGV), "");
  // Below memory byte 0 nothing belongs to the guest, but the context.
  EXPECT_EXIT(static_cast<void>(Load(-(int64_t{1} << 30))),
              KilledBySignal(SIGSEGV), "");
}

TEST_F(TrapHandlerDeathTest, AMemoryOfAnotherStoreIsNoExcuse) {
  wasijit::Store other(*engine_);
  const auto memory = other.NewMemory(OnePage());
  ASSERT_OK(memory);
  EXPECT_EXIT(static_cast<void>(Peek((*memory)->data() + kPage)),
              KilledBySignal(SIGSEGV), "");
}

TEST_F(TrapHandlerDeathTest, TheControlPagesAreReadOnly) {
  const VmContextLayout layout = builder_.Layout();
  EXPECT_EXIT(static_cast<void>(Store(layout.Context(), 1)),
              KilledBySignal(SIGSEGV), "");
}

TEST_F(TrapHandlerDeathTest, AWildJumpKills) {
  // Inaccessible, and readable but not executable.
  static const uint8_t kData[16] = {0xc3};
  for (const void* target :
       {static_cast<const void*>(nullptr), static_cast<const void*>(kData)}) {
    EXPECT_EXIT(static_cast<void>(
                    CallExport(*instance_, "jump",
                               {Value::I64(static_cast<int64_t>(
                                   reinterpret_cast<uintptr_t>(target)))})),
                KilledBySignal(SIGSEGV), "");
  }
}

TEST_F(TrapHandlerDeathTest, ATrapInstructionOutsideCompiledCodeKills) {
  EXPECT_EXIT(
      static_cast<void>(
          CallFromWasm([]() -> Outcome<int64_t> { __builtin_trap(); })),
      [](int status) {
        return WIFSIGNALED(status) &&
               (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
      },
      "");
}

TEST_F(TrapHandlerDeathTest, ASignalThatSomebodySendsKills) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE}) {
    EXPECT_EXIT(static_cast<void>(CallFromWasm([=]() -> Outcome<int64_t> {
                  raise(signal);
                  _exit(0);
                })),
                KilledBySignal(signal), "");
  }
}

TEST_F(TrapHandlerDeathTest, AFaultOutsideWebAssemblyKills) {
  EXPECT_EXIT(*Nowhere() = 1, KilledBySignal(SIGSEGV), "");
}

// ---- Handlers of others.

TEST_F(TrapHandlerDeathTest, HandlersInstalledLaterMayPassTrapsOn) {
  static struct sigaction ours;
  EXPECT_EXIT(
      {
        struct sigaction theirs = {};
        theirs.sa_sigaction = [](int signal, siginfo_t* info, void* context) {
          ours.sa_sigaction(signal, info, context);
        };
        theirs.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGSEGV, &theirs, &ours);
        const auto outcome = Load(kPage);
        _exit(outcome.has_value() ? 1 : 4);
      },
      testing::ExitedWithCode(4), "");
}

TEST_F(TrapHandlerDeathTest, TrapsWorkWhileOtherSignalsStorm) {
  static std::atomic<int> ticks = 0;
  EXPECT_EXIT(
      {
        struct sigaction on_tick = {};
        on_tick.sa_handler = [](int) { ++ticks; };
        on_tick.sa_flags = SA_RESTART;
        sigaction(SIGALRM, &on_tick, nullptr);
        itimerval timer = {};
        timer.it_interval.tv_usec = 50;
        timer.it_value.tv_usec = 50;
        setitimer(ITIMER_REAL, &timer, nullptr);
        while (ticks < 200) {
          if (Load(kPage).has_value()) _exit(1);
        }
        _exit(0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wasijit::test
