// How fast both formats are read, in bytes of the file a second, on the
// functions of a real program, repeated up to the size of the largest ones.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/module_printer.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module.h"

namespace wasijit::bench {
namespace {

using compiler::FeatureSet;

constexpr char kProgram[] =
    WASIJIT_BINARY_DIR "/bench/programs/wasm/string_map.wasm";
constexpr size_t kSize = size_t{16} << 20;

template <typename T>
T ValueOrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  std::exit(1);
}

void DieUnlessOk(const absl::Status& status) {
  if (!status.ok()) ValueOrDie(absl::StatusOr<int>(status));
}

std::vector<uint8_t> Program() {
  std::ifstream file(kProgram, std::ios::binary);
  if (!file) {
    DieUnlessOk(absl::NotFoundError(absl::StrCat("cannot open ", kProgram)));
  }
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

// Copies of functions behind the originals, which they call: nothing in them
// needs to be changed.
const std::vector<uint8_t>& LargeBinary() {
  static const std::vector<uint8_t> bytes = [] {
    Module module =
        ValueOrDie(compiler::DecodeModule(Program(), FeatureSet::All()));
    module.custom_sections.clear();
    const std::vector<ModuleFunction> functions(
        module.functions.begin() + module.num_imported_functions,
        module.functions.end());
    size_t size = 0;
    for (const ModuleFunction& function : functions) size += function.body.size;
    for (size_t i = 1; i < kSize / size; ++i) {
      module.functions.insert(module.functions.end(), functions.begin(),
                              functions.end());
    }
    return compiler::EncodeBinary(module);
  }();
  return bytes;
}

const std::string& LargeText() {
  static const std::string text = ValueOrDie(compiler::PrintModule(
      ValueOrDie(compiler::DecodeModule(LargeBinary(), FeatureSet::All()))));
  return text;
}

void Decode(benchmark::State& state) {
  const auto bytes =
      std::make_shared<const std::vector<uint8_t>>(LargeBinary());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ValueOrDie(compiler::DecodeModule(bytes, FeatureSet::Default())));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(bytes->size()));
}
BENCHMARK(Decode)->Unit(benchmark::kMillisecond);

void DecodeAndValidate(benchmark::State& state) {
  const auto bytes =
      std::make_shared<const std::vector<uint8_t>>(LargeBinary());
  for (auto _ : state) {
    Module module =
        ValueOrDie(compiler::DecodeModule(bytes, FeatureSet::Default()));
    DieUnlessOk(compiler::ValidateModule(module, FeatureSet::Default()));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(bytes->size()));
}
BENCHMARK(DecodeAndValidate)->Unit(benchmark::kMillisecond);

void ParseText(benchmark::State& state) {
  const std::string& text = LargeText();
  for (auto _ : state) {
    benchmark::DoNotOptimize(ValueOrDie(compiler::ParseModule(text)));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(text.size()));
}
BENCHMARK(ParseText)->Unit(benchmark::kMillisecond);

void PrintText(benchmark::State& state) {
  const Module module =
      ValueOrDie(compiler::DecodeModule(LargeBinary(), FeatureSet::All()));
  for (auto _ : state) {
    benchmark::DoNotOptimize(ValueOrDie(compiler::PrintModule(module)));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(LargeText().size()));
}
BENCHMARK(PrintText)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wasijit::bench
