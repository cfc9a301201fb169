// `wasijit run`: a program, or one function of a module.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/abi/code_image.h"
#include "runtime/call.h"
#include "runtime/engine.h"
#include "runtime/gc_heap.h"
#include "runtime/instance.h"
#include "runtime/interruption.h"
#include "runtime/linker.h"
#include "runtime/outcome.h"
#include "runtime/status/status_macros.h"
#include "runtime/store.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/file.h"
#include "tools/module_file.h"
#include "tools/process_sandbox.h"
#include "tools/program_context.h"
#include "tools/run.h"
#include "tools/settings.h"
#include "tools/terminal.h"
#include "tools/user_cache.h"
#include "tools/value_text.h"
#include "wasi/threads.h"
#include "wasi/wasi.h"

#if WASIJIT_COMPILER
#include "tools/cached_compiler.h"
#include "tools/compiler_module.h"
#endif

namespace wasijit::tools {
namespace {

// What a shell reports of a program that ended with abort().
constexpr int kExitTrap = 134;
// What timeout(1) returns.
constexpr int kExitTimeout = 124;

// How long the program may take to stop when its time is up. What the host does
// for it, compiling above all, is not interrupted; nor are threads that wait
// for one that has stopped within a call of the host.
constexpr absl::Duration kPatience = absl::Seconds(1);

absl::StatusOr<std::unique_ptr<Engine>> CreateEngine(
    const CommandLine& line, [[maybe_unused]] const UserCache& user) {
  ASSIGN_OR_RETURN(EngineOptions options, EngineOptionsOf(line));
  CompileFunction compile;
#if WASIJIT_COMPILER
  ASSIGN_OR_RETURN(compiler::CompileOptions compile_options,
                   CompileOptionsOf(line));
  compile = user.enabled
                ? CachedCompiler(std::move(compile_options), user.cache)
                : LazyCompiler(std::move(compile_options));
#else
  RETURN_IF_ERROR(RejectSettings(line, Option::kWasm));
#endif
  return Engine::Create(options, std::move(compile));
}

constexpr char kTimeIsUp[] = "the program was stopped, its time was up";

// Stops the program in time, if there is a limit.
absl::StatusOr<std::unique_ptr<Watchdog>> StartWatchdog(
    const CommandLine& line) {
  const std::optional<absl::string_view> text = line.Value(Option::kTimeout);
  if (!text) return nullptr;
  const std::optional<absl::Duration> limit = ParseTimeout(*text);
  if (!limit) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--timeout ", *text, ": expected a time, such as 5, 1.5s or 200ms"));
  }
  return Watchdog::Start(*limit, kPatience, [] {
    PrintMessage("timeout", kTimeIsUp);
    _exit(kExitTimeout);
  });
}

// Reports that a program stopped where it did not mean to.
void ReportStop(absl::string_view what, std::string message,
                const Backtrace& backtrace) {
  const std::string frames = ToString(backtrace);
  if (!frames.empty()) absl::StrAppend(&message, "\n", frames);
  if (message.back() == '\n') message.pop_back();
  PrintMessage(what, message);
}

// The exit status of a program that ended in this way; reports a trap.
int ExitStatus(const Termination& termination) {
  if (const Exit* exit = std::get_if<Exit>(&termination)) {
    return static_cast<int>(exit->code & 0xff);
  }
  if (const auto* exception = std::get_if<Exception>(&termination)) {
    ReportStop("uncaught exception", ToString(*exception),
               exception->backtrace);
    return kExitTrap;
  }
  const Trap& trap = std::get<Trap>(termination);
  const bool is_timeout = trap.kind == TrapKind::kInterrupted;
  ReportStop(is_timeout ? "timeout" : "trap",
             is_timeout ? kTimeIsUp : ToString(trap), trap.backtrace);
  return is_timeout ? kExitTimeout : kExitTrap;
}

// For an error message: what could be called instead.
std::string ExportedFunctions(const Module& module) {
  std::vector<absl::string_view> names;
  for (const Export& exported : module.exports) {
    if (exported.kind == ExternKind::kFunction) names.push_back(exported.name);
  }
  if (names.empty()) return "the module exports no function at all";
  constexpr size_t kMaxNames = 20;
  const bool cut = names.size() > kMaxNames;
  if (cut) names.resize(kMaxNames);
  return absl::StrCat("--invoke can call ", absl::StrJoin(names, ", "),
                      cut ? ", ..." : "");
}

absl::StatusOr<std::vector<Value>> ParseArguments(
    absl::string_view function, const FuncType& type,
    absl::Span<const std::string> arguments) {
  if (arguments.size() != type.params.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("function '", function, "' takes ", type.params.size(),
                     " arguments, but ", arguments.size(),
                     arguments.size() == 1 ? " was" : " were",
                     " given; its type is ", ToString(type)));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::StatusOr<Value> value = ParseValue(type.params[i], arguments[i]);
    if (!value.ok()) {
      return absl::Status(value.status().code(),
                          absl::StrCat("argument ", i + 1, " of '", function,
                                       "': ", value.status().message()));
    }
    values.push_back(*value);
  }
  return values;
}

// For a file that does not exist: perhaps a command was meant.
std::string CommandHint(absl::string_view file) {
  const absl::string_view nearest = NearestCommand(file);
  if (nearest.empty() || access(std::string(file).c_str(), F_OK) == 0) {
    return "";
  }
  return absl::StrCat("; did you mean the command '", nearest, "'?");
}

// Leaves without waiting for threads of the program, which may never end.
[[noreturn]] void EndProcess(int status) {
  std::fflush(nullptr);
  _exit(status);
}

// The modules of one command line, in one store.
class Execution {
 public:
  // `image` is the program's, or empty if it is in a file.
  Execution(const CommandLine& line, const UserCache& user,
            absl::Span<const uint8_t> image, Engine& engine,
            const StoreLimits& limits)
      : line_(line),
        user_(user),
        image_(image),
        engine_(engine),
        store_(engine, limits) {}

  // Whether threads of the program may still run.
  bool HasThreads() const { return threads_ != nullptr; }

  absl::StatusOr<int> Run() {
    absl::StatusOr<int> status = RunModules();
    if (line_.Has(Option::kGcStats)) PrintGcStatistics();
    return status;
  }

 private:
  absl::StatusOr<int> RunModules() {
    ASSIGN_OR_RETURN(wasi::WasiOptions options, WasiOptionsOf(line_));
    const std::vector<wasi::Preopen> directories = options.context.preopens;
    const std::vector<int> listeners = options.context.listeners;
    ASSIGN_OR_RETURN(const std::unique_ptr<wasi::Wasi> wasi,
                     wasi::Wasi::Create(std::move(options)));
    RETURN_IF_ERROR(wasi->AddTo(linker_));
    RETURN_IF_ERROR(LoadAll());
    if (line_.Value(Option::kSandbox).value_or("auto") == "auto") {
      CloseInheritedDescriptors(listeners);
      RETURN_IF_ERROR(EnterProcessSandbox(GrantsFor(directories)));
    }
    absl::StatusOr<int> status = RunAll();
    const std::string summary = wasi->CallSummary();
    std::fwrite(summary.data(), 1, summary.size(), stderr);
    return status;
  }

  struct LoadedModule {
    // Under which others import from it; empty for the program.
    std::string name;
    std::string path;
    std::shared_ptr<const CompiledModule> module;
  };

  // Takes from files what there is to take, before anything runs.
  absl::Status LoadAll() {
    for (const std::string& preload : line_.Values(Option::kPreload)) {
      const size_t equals = preload.find('=');
      if (equals == std::string::npos || equals == 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("--preload ", preload, ": expected NAME=FILE"));
      }
      RETURN_IF_ERROR(
          Load(preload.substr(0, equals), preload.substr(equals + 1)));
    }
    if (image_.empty()) return Load("", line_.operands()[0]);
    ASSIGN_OR_RETURN(CodeImage image, ReadImage(image_));
    ASSIGN_OR_RETURN(std::shared_ptr<const CompiledModule> module,
                     engine_.Load(std::move(image)));
    modules_.push_back({"", line_.operands()[0], std::move(module)});
    return absl::OkStatus();
  }

  absl::Status Load(std::string name, std::string path) {
    ASSIGN_OR_RETURN(
        std::shared_ptr<const CompiledModule> module,
        LoadModuleFile(engine_, path,
                       {.signatures = *user_.cache,
                        .all = line_.Has(Option::kAllowPrecompiled)}));
    modules_.push_back({std::move(name), std::move(path), std::move(module)});
    return absl::OkStatus();
  }

  // Whether code will be compiled while the program runs.
  bool IsCompiledLater() const {
    return std::any_of(modules_.begin(), modules_.end(),
                       [](const LoadedModule& loaded) {
                         return loaded.module->lazy() != nullptr;
                       });
  }

  SandboxGrants GrantsFor(const std::vector<wasi::Preopen>& preopens) const {
    SandboxGrants grants;
#if WASIJIT_COMPILER
    if (IsCompiledLater()) {
      if (absl::StatusOr<std::string> path = CompilerModulePath(); path.ok()) {
        grants = CompilerGrants(*path);
      }
    }
#endif
    for (const wasi::Preopen& preopen : preopens) {
      (preopen.read_only ? grants.readable : grants.writable)
          .push_back(preopen.host);
    }
    return grants;
  }

  // The modules of --preload, then the program.
  absl::StatusOr<int> RunAll() {
    for (const LoadedModule& loaded : modules_) {
      ASSIGN_OR_RETURN(Outcome<Instance*> instance, Instantiate(loaded));
      if (!instance.has_value()) return End(instance.error());
      if (loaded.name.empty()) {
        return WithPath(RunInstance(**instance), loaded.path);
      }
      RETURN_IF_ERROR(linker_.DefineInstance(loaded.name, **instance));
      ASSIGN_OR_RETURN(std::optional<int> status,
                       CallIfExported(**instance, "_initialize"));
      if (status) return *status;
    }
    return absl::InternalError("no program was loaded");
  }

  void PrintGcStatistics() const {
    GcStatistics statistics;
    if (store_.existing_gc_heap() != nullptr) {
      statistics = store_.existing_gc_heap()->statistics();
    }
    absl::FPrintF(
        stderr,
        "gc: %d collections, %d of everything, %.3f ms in all, %.3f ms "
        "the longest; "
        "%d bytes taken, %d alive, %d of memory\n",
        statistics.collections, statistics.full_collections,
        absl::ToDoubleMilliseconds(statistics.total_pause),
        absl::ToDoubleMilliseconds(statistics.longest_pause), statistics.taken,
        statistics.live, statistics.committed);
  }

  absl::StatusOr<int> RunInstance(Instance& instance) {
    const std::optional<absl::string_view> function =
        line_.Value(Option::kInvoke);
    if (!function) return RunProgram(instance);
    ASSIGN_OR_RETURN(std::optional<int> status,
                     CallIfExported(instance, "_initialize"));
    if (status) return *status;
    return Invoke(instance, *function, line_.operands().subspan(1));
  }

  absl::StatusOr<Outcome<Instance*>> Instantiate(const LoadedModule& loaded) {
    if (loaded.name.empty() && line_.Has(Option::kThreads)) {
      RETURN_IF_ERROR(WithPath(StartThreads(loaded.module), loaded.path));
    }
    if (line_.Has(Option::kTrapUnknownImports)) {
      linker_.DefineUnknownImportsAsTraps(*loaded.module);
    }
    return WithPath(linker_.Instantiate(store_, loaded.module), loaded.path);
  }

  // Calls a function without parameters if the instance exports it. Returns an
  // exit status if the program ended.
  absl::StatusOr<std::optional<int>> CallIfExported(Instance& instance,
                                                    absl::string_view name) {
    Function* function = instance.FindFunction(name);
    if (function == nullptr) return std::nullopt;
    ASSIGN_OR_RETURN(Outcome<std::vector<Value>> outcome, Call(*function, {}));
    if (!outcome.has_value()) return End(outcome.error());
    return std::nullopt;
  }

  absl::StatusOr<int> Invoke(Instance& instance, absl::string_view name,
                             absl::Span<const std::string> arguments) {
    Function* function = instance.FindFunction(name);
    if (function == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("there is no function '", name, "'; ",
                       ExportedFunctions(instance.module())));
    }
    ASSIGN_OR_RETURN(std::vector<Value> values,
                     ParseArguments(name, function->type(), arguments));
    ASSIGN_OR_RETURN(Outcome<std::vector<Value>> outcome,
                     Call(*function, values));
    if (!outcome.has_value()) return End(outcome.error());
    for (const Value& result : *outcome) {
      std::printf("%s\n", FormatValue(result).c_str());
    }
    return std::fflush(stdout) == 0 ? 0 : EXIT_FAILURE;
  }

  absl::StatusOr<int> RunProgram(Instance& instance) {
    Function* start = instance.FindFunction("_start");
    if (start == nullptr) {
      // The module may have done its work while it was instantiated.
      if (instance.module().start) return 0;
      return absl::NotFoundError(
          absl::StrCat("there is no function '_start', so this is no program; ",
                       ExportedFunctions(instance.module())));
    }
    ASSIGN_OR_RETURN(Outcome<std::vector<Value>> outcome, Call(*start, {}));
    return outcome.has_value() ? 0 : End(outcome.error());
  }

  absl::Status StartThreads(std::shared_ptr<const CompiledModule> module) {
    if (line_.Has(Option::kPreload)) {
      return absl::InvalidArgumentError(
          "--preload cannot be combined with threads: they do not share "
          "instances");
    }
    const auto end = [this](const Termination& termination) {
      EndProcess(End(termination));
    };
    ASSIGN_OR_RETURN(threads_, wasi::Threads::Create(std::move(module), linker_,
                                                     store_, end));
    return absl::OkStatus();
  }

  // The exit status. Of threads that end at the same time, the first decides.
  int End(const Termination& termination) {
    if (HasThreads()) ending_.lock();
    return ExitStatus(termination);
  }

  const CommandLine& line_;
  const UserCache& user_;
  const absl::Span<const uint8_t> image_;
  Engine& engine_;
  Store store_;
  Linker linker_;
  std::vector<LoadedModule> modules_;
  // Held by the thread that ends the program, for good.
  std::mutex ending_;
  std::unique_ptr<wasi::Threads> threads_;
};

}  // namespace

absl::StatusOr<int> RunCommand(const CommandLine& line) {
  if (line.operands().empty()) {
    return absl::InvalidArgumentError(
        "no FILE to run; `wasijit run --help` says more");
  }
  RETURN_IF_ERROR(RejectSettings(line, Option::kCodegen));
  ASSIGN_OR_RETURN(const UserCache user, UserCacheOf(line));
  ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, CreateEngine(line, user));
  ASSIGN_OR_RETURN(StoreLimits limits, StoreLimitsOf(line));
  ASSIGN_OR_RETURN(const std::unique_ptr<Watchdog> watchdog,
                   StartWatchdog(line));
  Execution execution(line, user, {}, *engine, limits);
  absl::StatusOr<int> status = execution.Run();
  if (status.ok() && execution.HasThreads()) EndProcess(*status);
  if (absl::IsNotFound(status.status())) {
    return absl::NotFoundError(absl::StrCat(status.status().message(),
                                            CommandHint(line.operands()[0])));
  }
  return status;
}

absl::StatusOr<int> RunImage(const CommandLine& line,
                             absl::Span<const uint8_t> image) {
  ASSIGN_OR_RETURN(const EngineOptions options, EngineOptionsOf(line));
  ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, Engine::Create(options));
  ASSIGN_OR_RETURN(StoreLimits limits, StoreLimitsOf(line));
  // Nothing is looked for or kept.
  const UserCache none = {.cache = nullptr, .enabled = false};
  return Execution(line, none, image, *engine, limits).Run();
}

}  // namespace wasijit::tools
