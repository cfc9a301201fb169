// How fast the compiler is, in bytes of function bodies a second.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/guest.h"
#include "benchmark/benchmark.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/image_compiler.h"
#include "compiler/load.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit::bench {
namespace {

using compiler::CompileOptions;
using compiler::OptimizationLevel;

// From small C to large C++ programs.
constexpr char kSmall[] = "bench/programs/wasm/fibonacci.wasm";
constexpr char kMedium[] = "bench/programs/wasm/json.wasm";
constexpr char kLarge[] = "bench/programs/wasm/string_map.wasm";

int64_t BodyBytes(const Module& module) {
  int64_t bytes = 0;
  for (const ModuleFunction& function : module.functions) {
    bytes += function.body.size;
  }
  return bytes;
}

std::shared_ptr<const Module> Load(const std::string& path) {
  return ValueOrFail(
      compiler::LoadModule(ReadModule(path), compiler::FeatureSet::Default()));
}

void DecodeAndValidate(benchmark::State& state, const std::string& path) {
  const std::vector<uint8_t> bytes = ReadModule(path);
  const int64_t size = BodyBytes(*Load(path));
  for (auto _ : state) {
    benchmark::DoNotOptimize(ValueOrFail(
        compiler::LoadModule(bytes, compiler::FeatureSet::Default())));
  }
  state.SetBytesProcessed(state.iterations() * size);
}
BENCHMARK_CAPTURE(DecodeAndValidate, Small, kSmall);
BENCHMARK_CAPTURE(DecodeAndValidate, Large, kLarge);

void CompileModule(benchmark::State& state, const std::string& path,
                   OptimizationLevel level, unsigned threads) {
  const std::shared_ptr<const Module> module = Load(path);
  CompileOptions options;
  options.level = level;
  options.threads = threads;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ValueOrFail(compiler::CompileModule(module, options)));
  }
  state.SetBytesProcessed(state.iterations() * BodyBytes(*module));
}
BENCHMARK_CAPTURE(CompileModule, SmallFull, kSmall, OptimizationLevel::kFull, 1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileModule, MediumFull, kMedium, OptimizationLevel::kFull,
                  1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileModule, LargeFull, kLarge, OptimizationLevel::kFull, 1)
    ->Unit(benchmark::kMillisecond);
// Every core; what counts is the time on the wall.
BENCHMARK_CAPTURE(CompileModule, LargeFullAllCores, kLarge,
                  OptimizationLevel::kFull, 0)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void LoadImage(benchmark::State& state, const std::string& path) {
  const CodeImage image =
      ValueOrFail(compiler::CompileModule(Load(path), CompileOptions()));
  const std::vector<uint8_t> file = WriteImage(image);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ValueOrFail(SharedEngine().Load(ValueOrFail(ReadImage(file)))));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(file.size()));
}
BENCHMARK_CAPTURE(LoadImage, Small, kSmall);
BENCHMARK_CAPTURE(LoadImage, Large, kLarge);

}  // namespace
}  // namespace wasijit::bench
