// From compiled code to an instance that can be called, and back to nothing.
#include <string>

#include "bench/guest.h"
#include "benchmark/benchmark.h"

namespace wasijit::bench {
namespace {

void Instantiate(benchmark::State& state, const std::string& path) {
  // Compiled before the clock starts.
  const auto module = CompiledOnce(path);
  const Linker linker;
  for (auto _ : state) {
    Store store(SharedEngine());
    benchmark::DoNotOptimize(
        ValueOrFail(ValueOrFail(linker.Instantiate(store, module))));
  }
}
BENCHMARK_CAPTURE(Instantiate, Empty, "bench/modules/empty.wasm");
BENCHMARK_CAPTURE(Instantiate, Memory, "bench/modules/memory.wasm");

// Several threads, each with stores of its own: what a server does. Address
// space is the resource that they share.
BENCHMARK_CAPTURE(Instantiate, MemoryByThreads, "bench/modules/memory.wasm")
    ->ThreadRange(1, 4)
    ->UseRealTime();

void ManyInstancesInOneStore(benchmark::State& state) {
  const auto module = CompiledOnce("bench/modules/memory.wasm");
  const Linker linker;
  for (auto _ : state) {
    Store store(SharedEngine());
    for (int i = 0; i < 100; ++i) {
      ValueOrFail(ValueOrFail(linker.Instantiate(store, module)));
    }
  }
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(ManyInstancesInOneStore);

}  // namespace
}  // namespace wasijit::bench
