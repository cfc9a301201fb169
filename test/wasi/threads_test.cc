#include "wasi/threads.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "runtime/call.h"
#include "runtime/extern.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::wasi {
namespace {

using test::CodeFrom;
using test::ImageBuilder;
using test::kI32;
using test::StatusIs;
using test::TrapCode;
using testing::HasSubstr;

// Instances are of code that just returns, unless it traps.
class ThreadsTest : public test::RuntimeTest {
 protected:
  struct Shape {
    bool shared_memory = true;
    bool start = true;
    bool traps = false;
  };

  std::shared_ptr<const CompiledModule> Program(const Shape& shape) {
    ImageBuilder builder;
    const uint32_t spawn = builder.Type({kI32}, {kI32});
    const uint32_t start = builder.Type({kI32, kI32}, {});
    builder.Import("wasi", "thread-spawn", FunctionExternType{spawn});
    MemoryType memory;
    memory.limits = {.min = 1, .max = 2};
    memory.shared = shape.shared_memory;
    if (shape.shared_memory) builder.Import("env", "memory", memory);
    const test::Code code = shape.traps ? TrapCode(TrapKind::kUnreachable)
                                        : CodeFrom(wasijit_test_add);
    builder.Function(start, code, shape.start ? "wasi_thread_start" : "other");
    return Load(builder);
  }

  // What thread-spawn gives.
  int32_t Spawn() {
    const auto spawn = linker_.Find(*store_, "wasi", "thread-spawn");
    EXPECT_OK(spawn);
    const auto outcome = Call(*std::get<Function*>(*spawn), {{Value::I32(7)}});
    EXPECT_OK(outcome);
    EXPECT_TRUE(outcome->has_value());
    return (**outcome)[0].i32();
  }

  Linker linker_;
};

TEST_F(ThreadsTest, RunsThreadsInInstancesOfTheirOwn) {
  std::atomic<int> ended = 0;
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Threads> threads,
                         Threads::Create(Program({}), linker_, *store_,
                                         [&](const Termination&) { ++ended; }));
    EXPECT_EQ(Spawn(), 1);
    EXPECT_EQ(Spawn(), 2);
  }
  EXPECT_EQ(ended, 0);
}

TEST_F(ThreadsTest, ReportsTheFirstTrap) {
  std::atomic<int> ended = 0;
  {
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<Threads> threads,
        Threads::Create(Program({.traps = true}), linker_, *store_,
                        [&](const Termination& termination) {
                          ++ended;
                          EXPECT_EQ(std::get<Trap>(termination).kind,
                                    TrapKind::kUnreachable);
                        }));
    Spawn();
    Spawn();
  }
  EXPECT_EQ(ended, 1);
}

TEST_F(ThreadsTest, RefusesOtherPrograms) {
  const auto create = [&](const Shape& shape) {
    Linker linker;
    return Threads::Create(Program(shape), linker, *store_, {}).status();
  };
  EXPECT_THAT(create({.shared_memory = false}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("no shared memory")));
  EXPECT_THAT(create({.start = false}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("wasi_thread_start")));
}

}  // namespace
}  // namespace wasijit::wasi
