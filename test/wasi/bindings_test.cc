// The functions as compiled code calls them: from an instance with a memory.
#include "wasi/bindings.h"

#include <map>

#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using test::CodeFrom;
using test::ExitsWith;
using test::HasOutcome;
using test::ImageBuilder;
using test::kI32;
using test::kI64;
using test::TrapsWith;
using testing::ElementsAre;

// What the runtime's tests have, with a guest that calls one function.
class BindingsTest : public test::RuntimeTest {
 protected:
  BindingsTest() {
    ContextOptions options;
    options.stdout_fd = open((sandbox_.box() / "stdout").c_str(),
                             O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    options.stdin_fd = options.stderr_fd = -1;
    stdout_ = HostFile::Own(options.stdout_fd);
    options.preopens = {{.guest = "/", .host = sandbox_.box()}};
    calls_ = std::make_shared<Preview1>(*Context::Create(options));
  }

  std::vector<Binding> Bind(std::shared_ptr<CallTracer> tracer = nullptr) {
    return BindPreview1(calls_, std::move(tracer));
  }

  static HostFunction Take(std::vector<Binding> bindings,
                           absl::string_view name) {
    for (Binding& binding : bindings) {
      if (binding.name == name) return std::move(binding.function);
    }
    ADD_FAILURE() << "no function " << name;
    return HostFunction::Wrap([] {});
  }

  // An instance with a memory of one page and the function as its import.
  // `imported_memory` is null for a memory of its own.
  Instance& Guest(HostFunction function, Memory* imported_memory = nullptr) {
    ImageBuilder builder;
    const FuncType type = function.type();
    const uint32_t imported = builder.Import(
        "", "", FunctionExternType{builder.Type(type.params, type.results)});
    std::vector<Extern> imports = {&NewFunction(std::move(function))};
    if (imported_memory != nullptr) {
      builder.Import("", "memory", imported_memory->type());
      imports.push_back(imported_memory);
    } else {
      builder.Memory(1);
    }
    std::vector<ValueType> params = type.params;
    params.insert(params.begin(), kI64);
    builder.Function(builder.Type(params, type.results),
                     CodeFrom(wasijit_test_call_import), "call");
    slot_ = builder.ImportSlot(imported);
    return MakeInstance(builder, imports);
  }

  // Calls it from compiled code; at most five arguments.
  Outcome<std::vector<Value>> CallFrom(Instance& guest,
                                       std::vector<Value> arguments) {
    arguments.insert(arguments.begin(), Value::I64(slot_));
    return CallExport(guest, "call", arguments);
  }

  std::string Stdout() { return Sandbox::ReadFile(sandbox_.box() / "stdout"); }

  Sandbox sandbox_;
  HostFile stdout_;
  std::shared_ptr<Preview1> calls_;
  int64_t slot_ = 0;
};

void PutText(Memory& memory) {
  const uint32_t iovec[] = {16, 5};
  std::memcpy(memory.data(), iovec, sizeof(iovec));
  std::memcpy(memory.data() + 16, "hello", 5);
}

const std::vector<Value> kWriteHello = {Value::I32(1), Value::I32(0),
                                        Value::I32(1), Value::I32(8)};

TEST_F(BindingsTest, ACallReachesTheCallersMemory) {
  Instance& guest = Guest(Take(Bind(), "fd_write"));
  PutText(*guest.default_memory());
  const auto result = CallFrom(guest, kWriteHello);
  ASSERT_THAT(result, HasOutcome());
  EXPECT_THAT(*result, ElementsAre(Value::I32(0)));
  EXPECT_EQ(Stdout(), "hello");
  EXPECT_EQ(guest.default_memory()->data()[8], 5);
}

TEST_F(BindingsTest, ACallReachesAnImportedMemory) {
  auto memory = store_->NewMemory({.limits = {.min = 1, .max = {}}});
  ASSERT_TRUE(memory.ok());
  PutText(**memory);
  Instance& guest = Guest(Take(Bind(), "fd_write"), *memory);
  ASSERT_THAT(CallFrom(guest, kWriteHello), HasOutcome());
  EXPECT_EQ(Stdout(), "hello");
}

TEST_F(BindingsTest, AMemoryThatHasGrownIsReachedToItsEnd) {
  Instance& guest = Guest(Take(Bind(), "fd_write"));
  Memory& memory = *guest.default_memory();
  ASSERT_TRUE(memory.Grow(1));
  const uint32_t iovec[] = {0x1fffb, 5};
  std::memcpy(memory.data(), iovec, sizeof(iovec));
  std::memcpy(memory.data() + 0x1fffb, "hello", 5);
  ASSERT_THAT(CallFrom(guest, kWriteHello), HasOutcome());
  EXPECT_EQ(Stdout(), "hello");
}

TEST_F(BindingsTest, ErrorsAreNumbers) {
  Instance& guest = Guest(Take(Bind(), "fd_close"));
  const auto result = CallFrom(guest, {Value::I32(77)});
  ASSERT_THAT(result, HasOutcome());
  EXPECT_THAT(*result, ElementsAre(Value::I32(8)));
}

TEST_F(BindingsTest, BadPointersTrapAndNameTheCall) {
  Instance& guest = Guest(Take(Bind(), "fd_write"));
  PutText(*guest.default_memory());
  for (const int32_t pointer : {0x10000, 0xfffe, -1, 9}) {
    const auto result = CallFrom(guest, {Value::I32(1), Value::I32(0),
                                         Value::I32(1), Value::I32(pointer)});
    ASSERT_THAT(result, TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
    EXPECT_EQ(ToString(std::get<Trap>(result.error())),
              "fd_write: a pointer is out of bounds or misaligned");
  }
  EXPECT_EQ(Stdout(), "");
}

TEST_F(BindingsTest, WithoutAMemoryPointersTrap) {
  Function& function = NewFunction(Take(Bind(), "random_get"));
  const auto none = Call(function, {Value::I32(0), Value::I32(0)});
  ASSERT_TRUE(none.ok());
  EXPECT_THAT(*none, HasOutcome());
  const auto one = Call(function, {Value::I32(0), Value::I32(1)});
  ASSERT_TRUE(one.ok());
  EXPECT_THAT(*one, TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
}

TEST_F(BindingsTest, ExitEndsTheGuest) {
  Instance& guest = Guest(Take(Bind(), "proc_exit"));
  EXPECT_THAT(CallFrom(guest, {Value::I32(42)}), ExitsWith(42));
  EXPECT_THAT(CallFrom(guest, {Value::I32(-1)}), ExitsWith(~0u));
}

TEST_F(BindingsTest, ArgumentsBeyondTheRegistersArrive) {
  // Nine parameters, of which three travel in the call buffer.
  Function& open = NewFunction(Take(Bind(), "path_open"));
  // Without an instance there is no memory: the path's range decides.
  const auto result = Call(open, {Value::I32(3), Value::I32(0), Value::I32(0),
                                  Value::I32(0), Value::I32(3), Value::I64(0),
                                  Value::I64(0), Value::I32(0), Value::I32(0)});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(*result, TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  // An undefined flag in the eighth place.
  const auto invalid =
      Call(open, {Value::I32(3), Value::I32(0), Value::I32(0), Value::I32(0),
                  Value::I32(3), Value::I64(0), Value::I64(0),
                  Value::I32(1 << 15), Value::I32(0)});
  ASSERT_TRUE(invalid.ok());
  ASSERT_THAT(*invalid, HasOutcome());
  EXPECT_THAT(**invalid, ElementsAre(Value::I32(28)));
}

TEST_F(BindingsTest, CallsAreTraced) {
  std::vector<std::string> lines;
  const auto tracer = std::make_shared<CallTracer>(
      [&](absl::string_view line) { lines.emplace_back(line); },
      calls_->descriptors());
  Instance& writer = Guest(Take(Bind(tracer), "fd_write"));
  PutText(*writer.default_memory());
  (void)CallFrom(writer, kWriteHello);
  (void)CallFrom(Guest(Take(Bind(tracer), "fd_close")), {Value::I32(77)});
  (void)CallFrom(Guest(Take(Bind(tracer), "sched_yield")), {});
  (void)CallFrom(Guest(Take(Bind(tracer), "proc_exit")), {Value::I32(3)});
  (void)CallFrom(Guest(Take(Bind(tracer), "clock_res_get")),
                 {Value::I32(9), Value::I32(0)});
  (void)CallFrom(Guest(Take(BindUnstable(calls_, tracer), "fd_seek")),
                 {Value::I32(1), Value::I64(0), Value::I32(2), Value::I32(0)});
  (void)CallFrom(Guest(Take(Bind(tracer), "fd_prestat_dir_name")),
                 {Value::I32(3), Value::I32(64), Value::I32(1)});
  (void)CallFrom(Guest(Take(Bind(tracer), "fd_tell")),
                 {Value::I32(1), Value::I32(-1)});
  EXPECT_THAT(
      lines,
      ElementsAre(
          "fd_write(fd=1 <stdout>, iovs=[\"hello\"]) = 5",
          "fd_close(fd=77) = EBADF (Bad file descriptor)", "sched_yield() = 0",
          "proc_exit(rval=3) = ?",
          "clock_res_get(id=<inval 9>) = EINVAL (Invalid argument)",
          "fd_seek(fd=1 <stdout>, offset=0, whence=set) = 0",
          "fd_prestat_dir_name(fd=3 \"/\", path=\"/\") = 0",
          "fd_tell(fd=1 <stdout>) = ? (trap: a pointer is out of bounds or "
          "misaligned)"));
  EXPECT_THAT(tracer->Summary(), testing::HasSubstr("fd_prestat_dir_name"));
}

std::map<std::string, FuncType> TypesOf(const std::vector<Binding>& bindings) {
  std::map<std::string, FuncType> types;
  for (const Binding& binding : bindings) {
    EXPECT_TRUE(
        types.emplace(std::string(binding.name), binding.function.type())
            .second);
  }
  return types;
}

TEST_F(BindingsTest, BothVersionsHaveTheSameFunctionsAndTypes) {
  std::map<std::string, FuncType> preview1 = TypesOf(Bind());
  const std::map<std::string, FuncType> unstable =
      TypesOf(BindUnstable(calls_));
  EXPECT_EQ(preview1.size(), 46u);
  EXPECT_EQ(unstable.size(), 45u);
  EXPECT_EQ(preview1.erase("sock_accept"), 1u);
  EXPECT_EQ(preview1, unstable);
  for (const auto& [name, type] : unstable) {
    EXPECT_EQ(type.results.size(), name == "proc_exit" ? 0u : 1u) << name;
  }
}

TEST_F(BindingsTest, UnstableHasItsOwnLayouts) {
  HostFunction function = Take(BindUnstable(calls_), "fd_filestat_get");
  Instance& guest = Guest(std::move(function));
  uint8_t* const memory = guest.default_memory()->data();
  std::memset(memory, 0xa5, 128);
  ASSERT_THAT(CallFrom(guest, {Value::I32(1), Value::I32(8)}), HasOutcome());
  uint32_t links;
  std::memcpy(&links, memory + 8 + 20, sizeof(links));
  EXPECT_EQ(links, 1u);
  EXPECT_EQ(memory[8 + 56], 0xa5);

  Instance& poller = Guest(Take(BindUnstable(calls_), "poll_oneoff"));
  uint8_t* const at = poller.default_memory()->data();
  // A clock, monotonic, that rings at once; the identifier comes first.
  at[24] = 0x77;
  at[8 + 16 + 8] = 1;
  const auto polled = CallFrom(
      poller, {Value::I32(8), Value::I32(128), Value::I32(1), Value::I32(120)});
  ASSERT_THAT(polled, HasOutcome());
  EXPECT_THAT(*polled, ElementsAre(Value::I32(0)));
  EXPECT_EQ(at[120], 1);
  // Without an error: not the identifier was taken for the clock.
  EXPECT_EQ(at[128 + 8], 0);
}

}  // namespace
}  // namespace wasijit::wasi
