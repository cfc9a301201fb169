#include "tools/cached_compiler.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/digest.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/build_id.h"
#include "runtime/status/status_macros.h"
#include "tools/afterwards.h"
#include "tools/compiler_module.h"

namespace wasijit::tools {
namespace {

// Bytes of a module that is worth compiling as a whole when it has been run
// without that: half a minute or less.
constexpr size_t kLargestAfterwards = size_t{1} << 20;

// Everything but the module that the code depends on: this program (which
// decides what the image means), the compiler with LLVM inside, the CPU, the
// options.
absl::StatusOr<std::string> Circumstances(
    const compiler::CompileOptions& options) {
  ASSIGN_OR_RETURN(const std::string module_path, CompilerModulePath());
  ASSIGN_OR_RETURN(const std::string compiler, BuildIdOfFile(module_path));
  std::string result = absl::StrCat(BuildIdOfProgram(), "/", compiler, "/",
                                    compiler::ToString(options));
  for (const uint64_t word : HostCpuIdentity()) {
    absl::StrAppend(&result, "/", word);
  }
  return result;
}

std::optional<CodeImage> Remembered(const CodeCache& cache, const Digest& key) {
  const std::optional<std::vector<uint8_t>> bytes = cache.Lookup(key);
  if (!bytes) return std::nullopt;
  absl::StatusOr<CodeImage> image = ReadImage(*bytes);
  if (!image.ok()) return std::nullopt;
  return *std::move(image);
}

// Compiles everything.
absl::StatusOr<CodeImage> CompileAndKeep(compiler::CompileOptions options,
                                         absl::Span<const uint8_t> bytes,
                                         const CodeCache& cache,
                                         const Digest& key) {
  options.time = compiler::CompileTime::kEager;
  ASSIGN_OR_RETURN(CompileResult result,
                   LazyCompiler(options)(bytes, options.bounds_checks));
  auto& image = std::get<CodeImage>(result);
  // A cache that cannot be written only makes the next run slower.
  cache.Store(key, WriteImage(image)).IgnoreError();
  return std::move(image);
}

}  // namespace

CompileFunction CachedCompiler(compiler::CompileOptions options,
                               std::shared_ptr<const CodeCache> cache) {
  return [options = std::move(options), cache = std::move(cache)](
             absl::Span<const uint8_t> bytes,
             BoundsChecks bounds_checks) -> absl::StatusOr<CompileResult> {
    compiler::CompileOptions with_checks = options;
    with_checks.bounds_checks = bounds_checks;
    const absl::StatusOr<std::string> circumstances =
        Circumstances(with_checks);
    // Without a compiler there is nothing to remember; it will say so.
    if (!circumstances.ok()) return LazyCompiler(options)(bytes, bounds_checks);
    const Digest key = DigestOf({BytesOf(*circumstances), bytes});
    if (std::optional<CodeImage> image = Remembered(*cache, key)) {
      return *std::move(image);
    }
    if (options.time == compiler::CompileTime::kEager) {
      return CompileAndKeep(with_checks, bytes, *cache, key);
    }
    // What is compiled on the way is not all that another run may need.
    if (bytes.size() <= kLargestAfterwards) {
      DoAfterwards([&] {
        if (Remembered(*cache, key) || !cache->TakeTurn()) return;
        CompileAndKeep(with_checks, bytes, *cache, key).IgnoreError();
      });
    }
    return LazyCompiler(options)(bytes, bounds_checks);
  };
}

}  // namespace wasijit::tools
