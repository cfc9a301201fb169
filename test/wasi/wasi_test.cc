#include "wasi/wasi.h"

#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using test::CodeFrom;
using test::ImageBuilder;
using test::IsOk;
using test::kI32;
using test::StatusIs;
using test::TrapCode;
using test::TrapsWith;
using testing::HasSubstr;

MATCHER_P(EndsWithCode, code, "") {
  return arg.has_value() && *arg == static_cast<uint32_t>(code);
}

class WasiTest : public test::RuntimeTest {
 protected:
  static std::unique_ptr<Wasi> Make(bool return_on_exit = true) {
    auto wasi = Wasi::Create({.return_on_exit = return_on_exit});
    EXPECT_TRUE(wasi.ok()) << wasi.status();
    return *std::move(wasi);
  }

  // What a module is to have.
  struct Shape {
    bool memory = true;
    bool start = false;
    bool initialize = false;
    // What the functions are; by default they just return.
    std::optional<TrapKind> trap = std::nullopt;
    bool takes_parameter = false;
  };
  Instance& Guest(const Shape& shape) {
    ImageBuilder builder;
    const uint32_t type =
        shape.takes_parameter ? builder.Type({kI32}, {}) : builder.Type({}, {});
    // As a function without results, adding whatever is there does nothing.
    const test::Code code =
        shape.trap ? TrapCode(*shape.trap) : CodeFrom(wasijit_test_add);
    if (shape.memory) {
      builder.Export("memory", ExternKind::kMemory, builder.Memory(1));
    }
    if (shape.start) builder.Function(type, code, "_start");
    if (shape.initialize) builder.Function(type, code, "_initialize");
    return MakeInstance(builder);
  }

  // A command whose _start exits.
  Instance& Exiting(uint32_t code) {
    ImageBuilder builder;
    const uint32_t type = builder.Type({}, {});
    builder.Export("_start", ExternKind::kFunction,
                   builder.Import("", "", FunctionExternType{type}));
    builder.Export("memory", ExternKind::kMemory, builder.Memory(1));
    Function& exit = NewFunction(HostFunction::Wrap(
        [code]() -> Outcome<void> { return std::unexpected(Exit{code}); }));
    return MakeInstance(builder, {&exit});
  }
};

TEST_F(WasiTest, StartRunsACommand) {
  auto outcome = Make()->Start(Guest({.start = true}));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_THAT(*outcome, EndsWithCode(0));
}

TEST_F(WasiTest, StartReturnsTheExitCode) {
  auto outcome = Make()->Start(Exiting(42));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_THAT(*outcome, EndsWithCode(42));
}

TEST_F(WasiTest, WithoutReturnOnExitTheProcessExits) {
  EXPECT_EXIT((void)Make(/*return_on_exit=*/false)->Start(Exiting(42)),
              testing::ExitedWithCode(42), "");
}

TEST_F(WasiTest, ATrapIsAnOutcome) {
  auto outcome =
      Make()->Start(Guest({.start = true, .trap = TrapKind::kUnreachable}));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_THAT(*outcome, TrapsWith(TrapKind::kUnreachable));
}

TEST_F(WasiTest, InitializeCallsWhatAReactorHas) {
  for (const bool has_function : {true, false}) {
    auto outcome = Make()->Initialize(Guest({.initialize = has_function}));
    ASSERT_THAT(outcome, IsOk());
    EXPECT_THAT(*outcome, EndsWithCode(0));
  }
  auto trap = Make()->Initialize(
      Guest({.initialize = true, .trap = TrapKind::kUnreachable}));
  ASSERT_THAT(trap, IsOk());
  EXPECT_THAT(*trap, TrapsWith(TrapKind::kUnreachable));
}

TEST_F(WasiTest, StartRefusesWhatIsNoCommand) {
  const auto invalid = [](const char* text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
  };
  EXPECT_THAT(Make()->Start(Guest({})), invalid("no exported function _start"));
  EXPECT_THAT(Make()->Start(Guest({.memory = false, .start = true})),
              invalid("no memory called memory"));
  EXPECT_THAT(Make()->Start(Guest({.start = true, .initialize = true})),
              invalid("_initialize"));
  EXPECT_THAT(Make()->Start(Guest({.start = true, .takes_parameter = true})),
              invalid("not a (func)"));
}

TEST_F(WasiTest, InitializeRefusesWhatIsNoReactor) {
  const auto invalid = [](const char* text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
  };
  EXPECT_THAT(Make()->Initialize(Guest({.start = true, .initialize = true})),
              invalid("_start"));
  EXPECT_THAT(Make()->Initialize(Guest({.memory = false})),
              invalid("no memory called memory"));
  EXPECT_THAT(
      Make()->Initialize(Guest({.initialize = true, .takes_parameter = true})),
      invalid("not a (func)"));
}

TEST_F(WasiTest, OneInstanceIsTheMost) {
  const auto again =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("already"));
  Instance& command = Guest({.start = true});
  Instance& reactor = Guest({.initialize = true});
  auto started = Make();
  ASSERT_THAT(started->Start(command), IsOk());
  EXPECT_THAT(started->Start(command), again);
  EXPECT_THAT(started->Initialize(reactor), again);
  auto initialized = Make();
  ASSERT_THAT(initialized->Initialize(reactor), IsOk());
  EXPECT_THAT(initialized->Initialize(reactor), again);
  EXPECT_THAT(initialized->Start(command), again);
}

TEST_F(WasiTest, WhatWasRefusedHasNotBeenStarted) {
  auto wasi = Make();
  EXPECT_FALSE(wasi->Start(Guest({})).ok());
  EXPECT_THAT(wasi->Start(Guest({.start = true})), IsOk());
}

TEST_F(WasiTest, AnotherMemoryThanTheFirstIsNotServed) {
  ImageBuilder builder;
  builder.Memory(1);
  builder.Export("memory", ExternKind::kMemory, builder.Memory(1));
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_add), "_start");
  EXPECT_THAT(
      Make()->Start(MakeInstance(builder)),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("not the first")));
}

TEST_F(WasiTest, BothModulesAreDefined) {
  Linker linker;
  auto wasi = Make();
  ASSERT_THAT(wasi->AddTo(linker), IsOk());
  for (const char* module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
    EXPECT_TRUE(linker.Find(*store_, module, "fd_write").ok());
    EXPECT_FALSE(linker.Find(*store_, module, "fd_wrote").ok());
  }
  EXPECT_TRUE(
      linker.Find(*store_, "wasi_snapshot_preview1", "sock_accept").ok());
  EXPECT_FALSE(linker.Find(*store_, "wasi_unstable", "sock_accept").ok());
  EXPECT_THAT(wasi->AddTo(linker),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("wasi_snapshot_preview1")));
}

TEST_F(WasiTest, FunctionsOutliveTheirWasi) {
  Linker linker;
  ASSERT_THAT(Make()->AddTo(linker), IsOk());
  auto found = linker.Find(*store_, "wasi_snapshot_preview1", "sched_yield");
  ASSERT_TRUE(found.ok());
  auto outcome = Call(*std::get<Function*>(*found), {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->has_value());
}

TEST_F(WasiTest, WhatCannotBeCreatedSaysWhy) {
  WasiOptions options;
  options.context.preopens = {{.guest = "/", .host = "/does/not/exist"}};
  EXPECT_THAT(Wasi::Create(options), StatusIs(absl::StatusCode::kNotFound,
                                              HasSubstr("/does/not/exist")));
}

}  // namespace
}  // namespace wasijit::wasi
