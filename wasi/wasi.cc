#include "wasi/wasi.h"

#include <cstdlib>
#include <utility>
#include <variant>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "runtime/call.h"
#include "runtime/status/status_macros.h"
#include "wasi/bindings.h"

namespace wasijit::wasi {
namespace {

constexpr absl::string_view kStart = "_start";
constexpr absl::string_view kInitialize = "_initialize";
constexpr absl::string_view kMemory = "memory";

// The exported function without parameters and results.
absl::StatusOr<Function*> FindEntry(Instance& instance,
                                    absl::string_view name) {
  Function* const function = instance.FindFunction(name);
  if (function == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the module has no exported function ", name));
  }
  if (!function->type().params.empty() || !function->type().results.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the exported function ", name, " is a ",
                     ToString(function->type()), ", not a (func)"));
  }
  return function;
}

absl::Status CheckNoExport(Instance& instance, absl::string_view name,
                           absl::string_view kind) {
  if (!instance.FindExport(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the module has an export ", name, ", so it is not a ", kind));
}

}  // namespace

Wasi::Wasi(WasiOptions options, std::unique_ptr<Context> context)
    : return_on_exit_(options.return_on_exit),
      counts_calls_(options.count_calls),
      calls_(std::make_shared<Preview1>(std::move(context))) {
  if (options.trace || options.count_calls) {
    tracer_ = std::make_shared<CallTracer>(std::move(options.trace),
                                           calls_->descriptors());
  }
}

absl::StatusOr<std::unique_ptr<Wasi>> Wasi::Create(WasiOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Context> context,
                   Context::Create(options.context));
  return absl::WrapUnique(new Wasi(std::move(options), std::move(context)));
}

absl::Status Wasi::AddTo(Linker& linker) const {
  // Of the hundred functions a module imports a handful.
  RETURN_IF_ERROR(linker.DefineFrom(
      kPreview1Module,
      [calls = calls_, tracer = tracer_](absl::string_view name) {
        return BindPreview1Call(name, calls, tracer);
      }));
  return linker.DefineFrom(kUnstableModule, [calls = calls_, tracer = tracer_](
                                                absl::string_view name) {
    return BindUnstableCall(name, calls, tracer);
  });
}

absl::Status Wasi::Claim(Instance& instance) {
  if (is_claimed_) {
    return absl::FailedPreconditionError(
        "this WASI has already started or initialized an instance");
  }
  Memory* const memory = instance.FindMemory(kMemory);
  if (memory == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the module exports no memory called ", kMemory));
  }
  if (memory != instance.default_memory()) {
    return absl::UnimplementedError(absl::StrCat(
        "the export ", kMemory, " is not the first of the module's memories"));
  }
  is_claimed_ = true;
  return absl::OkStatus();
}

absl::StatusOr<Outcome<uint32_t>> Wasi::Run(Function& function) const {
  ASSIGN_OR_RETURN(const Outcome<std::vector<Value>> outcome,
                   Call(function, {}));
  if (outcome) return 0;
  const Exit* const exit = std::get_if<Exit>(&outcome.error());
  if (exit == nullptr)
    return Outcome<uint32_t>(std::unexpected(outcome.error()));
  if (!return_on_exit_) std::exit(static_cast<int>(exit->code));
  return exit->code;
}

std::string Wasi::CallSummary() const {
  return counts_calls_ ? tracer_->Summary() : "";
}

absl::StatusOr<Outcome<uint32_t>> Wasi::Start(Instance& instance) {
  RETURN_IF_ERROR(CheckNoExport(instance, kInitialize, "command"));
  ASSIGN_OR_RETURN(Function* const start, FindEntry(instance, kStart));
  RETURN_IF_ERROR(Claim(instance));
  return Run(*start);
}

absl::StatusOr<Outcome<uint32_t>> Wasi::Initialize(Instance& instance) {
  RETURN_IF_ERROR(CheckNoExport(instance, kStart, "reactor"));
  if (!instance.FindExport(kInitialize)) {
    RETURN_IF_ERROR(Claim(instance));
    return 0;
  }
  ASSIGN_OR_RETURN(Function* const initialize,
                   FindEntry(instance, kInitialize));
  RETURN_IF_ERROR(Claim(instance));
  return Run(*initialize);
}

}  // namespace wasijit::wasi
