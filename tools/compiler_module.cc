#include "tools/compiler_module.h"

#include <dlfcn.h>
#include <unistd.h>

#include <climits>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/load.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

constexpr absl::string_view kFileName = "libwasijit_compiler.so";

// The directory of the running program, with a slash at its end.
std::string ProgramDirectory() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  const absl::string_view program(path,
                                  size > 0 ? static_cast<size_t>(size) : 0);
  return std::string(program.substr(0, program.rfind('/') + 1));
}

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
  const std::string directory = ProgramDirectory();
  const std::string paths[] = {
      absl::StrCat(directory, kFileName),
      absl::StrCat(directory, "../lib/wasijit/", kFileName),
  };
  for (const std::string& path : paths) {
    if (access(path.c_str(), F_OK) == 0) return path;
  }
  return absl::NotFoundError(absl::StrCat(
      "the compiler is not installed: there is neither '", paths[0], "' nor '",
      paths[1], "'; without it, only precompiled files run"));
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
