// The price of a call: from the host, to the host, through a table, direct.
#include <array>
#include <cstdint>
#include <vector>

#include "bench/guest.h"
#include "benchmark/benchmark.h"
#include "runtime/call.h"
#include "runtime/host_function.h"
#include "runtime/linker.h"
#include "runtime/module/value.h"

namespace wasijit::bench {
namespace {

// Calls that one iteration of a benchmark lets the guest make.
constexpr int kCallsInside = 10'000;

Linker HostFunctions() {
  Linker linker;
  const absl::Status defined[] = {
      linker.Define("host", "nop", HostFunction::Wrap([] {})),
      linker.Define("host", "add", HostFunction::Wrap([](int32_t a, int32_t b) {
                      return static_cast<int32_t>(static_cast<uint32_t>(a) +
                                                  static_cast<uint32_t>(b));
                    }))};
  for (const absl::Status& status : defined) {
    if (!status.ok()) Fail(status.ToString());
  }
  return linker;
}

Guest Calls() { return Guest("bench/modules/calls.wasm", HostFunctions()); }

void CallNop(benchmark::State& state) {
  Guest guest = Calls();
  const auto nop = guest.Find<void()>("nop");
  for (auto _ : state) ValueOrFail(nop());
}
BENCHMARK(CallNop);

void CallAdd(benchmark::State& state) {
  Guest guest = Calls();
  const auto add = guest.Find<int32_t(int32_t, int32_t)>("add");
  int32_t sum = 0;
  for (auto _ : state) sum = ValueOrFail(add(sum, 1));
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(CallAdd);

void CallManyParameters(benchmark::State& state) {
  Guest guest = Calls();
  const auto many =
      guest.Find<double(int32_t, int64_t, float, double, int32_t, int64_t,
                        float, double, int32_t, int64_t, float, double)>(
          "many");
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ValueOrFail(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)));
  }
}
BENCHMARK(CallManyParameters);

void CallBoxed(benchmark::State& state) {
  Guest guest = Calls();
  Function& add = *guest.instance().FindFunction("add");
  const std::array arguments = {Value::I32(1), Value::I32(2)};
  for (auto _ : state) {
    benchmark::DoNotOptimize(ValueOrFail(ValueOrFail(Call(add, arguments))));
  }
}
BENCHMARK(CallBoxed);

void CallHostNop(benchmark::State& state) {
  Guest guest = Calls();
  const auto loop = guest.Find<void(int32_t)>("call_host_nop");
  for (auto _ : state) ValueOrFail(loop(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(CallHostNop);

void CallHostAdd(benchmark::State& state) {
  Guest guest = Calls();
  const auto loop = guest.Find<int32_t(int32_t)>("call_host_add");
  for (auto _ : state) ValueOrFail(loop(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(CallHostAdd);

void CallIndirect(benchmark::State& state) {
  Guest guest = Calls();
  const auto loop = guest.Find<int64_t(int32_t)>("call_indirect");
  for (auto _ : state) ValueOrFail(loop(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(CallIndirect);

void CallDirect(benchmark::State& state) {
  Guest guest = Calls();
  const auto fibonacci = guest.Find<int32_t(int32_t)>("fibonacci");
  // fibonacci(n) takes 2 * fibonacci(n + 1) - 1 calls.
  constexpr int kCalls = 2 * 10946 - 1;
  for (auto _ : state) ValueOrFail(fibonacci(20));
  state.SetItemsProcessed(state.iterations() * kCalls);
}
BENCHMARK(CallDirect);

}  // namespace
}  // namespace wasijit::bench
