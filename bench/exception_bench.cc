// The price of an exception: thrown and caught, over a number of frames; and of
// the same calls when nothing is thrown.
#include <cstdint>

#include "bench/guest.h"
#include "benchmark/benchmark.h"
#include "runtime/linker.h"

namespace wasijit::bench {
namespace {

constexpr int kTries = 1000;

void Run(benchmark::State& state, int32_t value) {
  Guest guest("bench/modules/exceptions.wasm", Linker());
  const auto run = guest.Find<void(int32_t, int32_t, int32_t)>("run");
  const auto depth = static_cast<int32_t>(state.range(0));
  for (auto _ : state) ValueOrFail(run(kTries, depth, value));
  state.SetItemsProcessed(state.iterations() * kTries);
}

void ThrowAndCatch(benchmark::State& state) { Run(state, /*value=*/1); }
BENCHMARK(ThrowAndCatch)->Arg(1)->Arg(10)->Arg(100);

void ThrowNothing(benchmark::State& state) { Run(state, /*value=*/0); }
BENCHMARK(ThrowNothing)->Arg(1)->Arg(10)->Arg(100);

}  // namespace
}  // namespace wasijit::bench
