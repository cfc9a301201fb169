#include "wasi/bindings.h"

#include <cstdint>
#include <expected>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "runtime/caller.h"
#include "runtime/instance.h"
#include "runtime/interruption.h"
#include "runtime/memory.h"
#include "runtime/outcome.h"
#include "wasi/call.h"
#include "wasi/call_lock.h"

namespace wasijit::wasi {
namespace {

// A row's texts.
struct RowText {
  absl::string_view name;
  absl::string_view parameters;
};

GuestMemory MemoryOf(Caller& caller) {
  const Instance* const instance = caller.instance();
  if (instance == nullptr) return {};
  const Memory* const memory = instance->default_memory();
  if (memory == nullptr) return {};
  return GuestMemory(memory->data(), memory->size());
}

Trap PointerTrap(absl::string_view name) {
  return Trap{.kind = TrapKind::kOutOfBoundsMemoryAccess,
              .message = absl::StrCat(
                  name, ": a pointer is out of bounds or misaligned")};
}

// A call's result as what the import returns.
template <typename R>
Outcome<uint32_t> Finish(const Result<R>& result, absl::string_view name) {
  if (result) [[likely]]
    return 0;
  if (result.error() == Errno::kFault) {
    return std::unexpected(PointerTrap(name));
  }
  if (result.error() == Errno::kIntr && InterruptRequested()) {
    return std::unexpected(TakeInterrupt());
  }
  return static_cast<uint32_t>(result.error());
}

Outcome<void> Finish(const Result<Exit>& result, absl::string_view) {
  return std::unexpected(*result);
}

template <typename R>
CallTracer::Result TraceResult(const Result<R>& result) {
  if (!result) return {.error = result.error()};
  CallTracer::Result traced;
  if constexpr (std::is_same_v<R, Exit>) {
    traced.value = "?";
  } else if constexpr (std::is_void_v<R>) {
    traced.value = "0";
  } else if constexpr (std::is_same_v<R, Fd>) {
    traced.value = absl::StrCat(std::to_underlying(*result));
    traced.made = *result;
  } else {
    Trace(traced.value, *result);
  }
  return traced;
}

// How much a call says that it has put where it was told to.
template <typename R>
uint64_t OutputSize(const Result<R>& result) {
  if constexpr (std::is_same_v<R, Size>) {
    return *result;
  } else if constexpr (std::is_same_v<R, SizeAndFlags>) {
    return result->first;
  } else {
    return std::numeric_limits<uint64_t>::max();
  }
}

// The callables that HostFunction makes trampolines of.
template <typename C, typename Raw = typename C::Raw>
struct HostCall;
template <typename C, typename... T>
struct HostCall<C, RawTypes<T...>> {
  std::shared_ptr<Preview1> calls;
  RowText row;

  auto operator()(Caller& caller, T... raw) const {
    const CallLock::Scope scope(calls->lock());
    // One more than there may be, for calls without parameters.
    const uint64_t values[] = {raw..., 0};
    return Finish(C::Run(*calls, MemoryOf(caller), values), row.name);
  }
};

template <typename C, typename Raw = typename C::Raw>
struct TracedHostCall;
template <typename C, typename... T>
struct TracedHostCall<C, RawTypes<T...>> {
  std::shared_ptr<Preview1> calls;
  RowText row;
  std::shared_ptr<CallTracer> tracer;

  auto operator()(Caller& caller, T... raw) const {
    const CallLock::Scope scope(calls->lock());
    const uint64_t values[] = {raw..., 0};
    const GuestMemory memory = MemoryOf(caller);
    // Before the call, which may change what arguments point to.
    CallText text =
        C::TraceArguments(row.parameters, tracer->names(), memory, values);
    const absl::Time start = absl::Now();
    const auto result = C::Run(*calls, memory, values);
    CallTracer::Result traced = TraceResult(result);
    traced.time = absl::Now() - start;
    if (result) C::TraceOutputs(text, memory, values, OutputSize(result));
    tracer->Add(row.name, text, traced);
    return Finish(result, row.name);
  }
};

template <typename C>
HostFunction Bind(const RowText& row, const std::shared_ptr<Preview1>& calls,
                  const std::shared_ptr<CallTracer>& tracer) {
  if (tracer) return HostFunction::Wrap(TracedHostCall<C>{calls, row, tracer});
  return HostFunction::Wrap(HostCall<C>{calls, row});
}

// What makes the function of a row.
struct RowBinder {
  RowText text;
  HostFunction (*bind)(const RowText& row,
                       const std::shared_ptr<Preview1>& calls,
                       const std::shared_ptr<CallTracer>& tracer);
};

// For each name of unstable.def, its row there. Of the other rows, that of
// preview1.def.
enum class Row {
#define CALL(name, Method, parameters, result) name,
#include "wasi/preview1.def"
};

constexpr bool IsAbsentFromUnstable(Row row) {
#define CALL(name, Method, parameters, result)
#define ABSENT(name) \
  if (row == Row::name) return true;
#include "wasi/unstable.def"
  return false;
}

// The C++ form of a row of unstable.def; void where there is none.
template <Row row>
struct UnstableCall {
  using Type = void;
};
#define CALL(name, Method, parameters, result)                     \
  template <>                                                      \
  struct UnstableCall<Row::name> {                                 \
    using Type = Call<&Preview1::Method, result, void parameters>; \
    static constexpr RowText kText = {#name, #parameters};         \
  };
#define ABSENT(name)
#include "wasi/unstable.def"

template <Row row, typename Preview1Call>
constexpr RowBinder UnstableBinder(const RowText& text) {
  using Own = UnstableCall<row>;
  if constexpr (IsAbsentFromUnstable(row)) {
    return {{}, nullptr};
  } else if constexpr (std::is_void_v<typename Own::Type>) {
    return {text, Bind<Preview1Call>};
  } else {
    return {Own::kText, Bind<typename Own::Type>};
  }
}

constexpr RowBinder kPreview1Binders[] = {
#define CALL(name, Method, parameters, result) \
  {{#name, #parameters},                       \
   Bind<Call<&Preview1::Method, result, void parameters>>},
#include "wasi/preview1.def"
};

// Without a function where unstable.def has none.
constexpr RowBinder kUnstableBinders[] = {
#define CALL(name, Method, parameters, result)                                 \
  UnstableBinder<Row::name, Call<&Preview1::Method, result, void parameters>>( \
      {#name, #parameters}),
#include "wasi/preview1.def"
};

std::vector<Binding> BindAll(absl::Span<const RowBinder> binders,
                             const std::shared_ptr<Preview1>& calls,
                             const std::shared_ptr<CallTracer>& tracer) {
  std::vector<Binding> bindings;
  for (const RowBinder& binder : binders) {
    if (binder.bind == nullptr) continue;
    bindings.push_back(
        {binder.text.name, binder.bind(binder.text, calls, tracer)});
  }
  return bindings;
}

std::optional<HostFunction> BindOne(absl::Span<const RowBinder> binders,
                                    absl::string_view name,
                                    const std::shared_ptr<Preview1>& calls,
                                    const std::shared_ptr<CallTracer>& tracer) {
  for (const RowBinder& binder : binders) {
    if (binder.bind != nullptr && binder.text.name == name) {
      return binder.bind(binder.text, calls, tracer);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Binding> BindPreview1(std::shared_ptr<Preview1> calls,
                                  std::shared_ptr<CallTracer> tracer) {
  return BindAll(kPreview1Binders, calls, tracer);
}

std::vector<Binding> BindUnstable(std::shared_ptr<Preview1> calls,
                                  std::shared_ptr<CallTracer> tracer) {
  return BindAll(kUnstableBinders, calls, tracer);
}

std::optional<HostFunction> BindPreview1Call(
    absl::string_view name, const std::shared_ptr<Preview1>& calls,
    const std::shared_ptr<CallTracer>& tracer) {
  return BindOne(kPreview1Binders, name, calls, tracer);
}

std::optional<HostFunction> BindUnstableCall(
    absl::string_view name, const std::shared_ptr<Preview1>& calls,
    const std::shared_ptr<CallTracer>& tracer) {
  return BindOne(kUnstableBinders, name, calls, tracer);
}

}  // namespace wasijit::wasi
