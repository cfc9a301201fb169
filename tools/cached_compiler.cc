#include "tools/cached_compiler.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/digest.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/build_id.h"
#include "runtime/status/status_macros.h"
#include "tools/compiler_module.h"

namespace wasijit::tools {
namespace {

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

}  // namespace

CompileFunction CachedCompiler(compiler::CompileOptions options,
                               std::shared_ptr<const CodeCache> cache) {
  CompileFunction compile = LazyCompiler(options);
  return [options = std::move(options), cache = std::move(cache),
          compile = std::move(compile)](
             absl::Span<const uint8_t> bytes,
             BoundsChecks bounds_checks) -> absl::StatusOr<CodeImage> {
    compiler::CompileOptions with_checks = options;
    with_checks.bounds_checks = bounds_checks;
    const absl::StatusOr<std::string> circumstances =
        Circumstances(with_checks);
    // Without a compiler there is nothing to remember; it will say so.
    if (!circumstances.ok()) return compile(bytes, bounds_checks);
    const Digest key = DigestOf({BytesOf(*circumstances), bytes});
    if (std::optional<CodeImage> image = Remembered(*cache, key)) {
      return *std::move(image);
    }
    ASSIGN_OR_RETURN(CodeImage image, compile(bytes, bounds_checks));
    // A cache that cannot be written only makes the next run slower.
    cache->Store(key, WriteImage(image)).IgnoreError();
    return image;
  };
}

}  // namespace wasijit::tools
