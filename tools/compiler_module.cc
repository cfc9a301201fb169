#include "tools/compiler_module.h"

#include <dlfcn.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/load.h"
#include "runtime/status/status_macros.h"
#include "tools/installed_file.h"

namespace wasijit::tools {
namespace {

constexpr absl::string_view kFileName = "libwasijit_compiler.so";

absl::StatusOr<const compiler::Backend*> Open() {
  ASSIGN_OR_RETURN(const std::string path, CompilerModulePath());
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return absl::InternalError(
        absl::StrCat("cannot open the compiler: ", dlerror()));
  }
  auto* function = reinterpret_cast<compiler::BackendFunction*>(
      dlsym(library, compiler::kBackendSymbol));
  const compiler::Backend* backend = function == nullptr ? nullptr : function();
  if (backend == nullptr ||
      absl::string_view(backend->build) != WASIJIT_VERSION) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", path, "' is of another build than this program"));
  }
  return backend;
}

}  // namespace

absl::StatusOr<std::string> CompilerModulePath() {
  absl::StatusOr<std::string> path = InstalledFile(kFileName);
  if (path.ok()) return path;
  return absl::Status(
      path.status().code(),
      absl::StrCat("the compiler is not installed: ", path.status().message(),
                   "; without it, only precompiled files run"));
}

absl::StatusOr<const compiler::Backend*> OpenCompilerModule() {
  // Never closed: compiled code may be in use until the process ends.
  static const absl::StatusOr<const compiler::Backend*> backend = Open();
  return backend;
}

CompileFunction LazyCompiler(compiler::CompileOptions options) {
  return [options = std::move(options)](
             absl::Span<const uint8_t> bytes,
             BoundsChecks bounds_checks) -> absl::StatusOr<CodeImage> {
    ASSIGN_OR_RETURN(std::shared_ptr<const Module> module,
                     compiler::LoadModule(bytes, options.features));
    ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
    compiler::CompileOptions with_checks = options;
    with_checks.bounds_checks = bounds_checks;
    return backend->compile(std::move(module), with_checks);
  };
}

}  // namespace wasijit::tools
