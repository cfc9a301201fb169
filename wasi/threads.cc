#include "wasi/threads.h"

#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/abi/trap.h"
#include "runtime/call.h"
#include "runtime/extern.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/parking_lot.h"
#include "runtime/status/status_macros.h"

namespace wasijit::wasi {
namespace {

constexpr absl::string_view kSpawnModule = "wasi";
constexpr absl::string_view kSpawn = "thread-spawn";
constexpr absl::string_view kStart = "wasi_thread_start";

// The numbers that wasi-threads leaves for threads.
constexpr int32_t kMaxId = (1 << 29) - 1;
// At the same time. Each has a stack and instances of its own.
constexpr uint32_t kMaxThreads = 4096;

bool IsStartFunction(const Module& module, const Export* exported) {
  if (exported == nullptr || exported->kind != ExternKind::kFunction) {
    return false;
  }
  const FuncType& type = module.FunctionType(exported->index);
  return type.params == std::vector<ValueType>(2, ValueType::I32()) &&
         type.results.empty();
}

absl::Status CheckModule(const Module& module, bool has_shared_memory) {
  for (const Import& import : module.imports) {
    if (import.module != kSpawnModule || import.name != kSpawn) continue;
    if (!has_shared_memory) {
      return absl::FailedPreconditionError(
          absl::StrCat("the module imports ", kSpawn, " but no shared memory"));
    }
    if (!IsStartFunction(module, module.FindExport(kStart))) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the module imports ", kSpawn, " but does not export a function ",
          kStart, " with two parameters of type i32"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

// A thread that runs, or is about to.
struct Threads::Thread {
  Threads* threads;
  int32_t id;
  int32_t argument;
  Store store;
  Function* start = nullptr;
};

Threads::Threads(std::shared_ptr<const CompiledModule> module, Store& store,
                 End end)
    : module_(std::move(module)),
      engine_(store.engine()),
      limits_(store.limits()),
      end_(std::move(end)) {}

absl::StatusOr<std::unique_ptr<Threads>> Threads::Create(
    std::shared_ptr<const CompiledModule> module, Linker& linker, Store& store,
    End end) {
  auto threads =
      absl::WrapUnique(new Threads(std::move(module), store, std::move(end)));
  RETURN_IF_ERROR(threads->CreateMemories(linker, store));
  RETURN_IF_ERROR(
      CheckModule(threads->module_->module(), !threads->memories_.empty()));
  RETURN_IF_ERROR(linker.Define(
      kSpawnModule, kSpawn,
      HostFunction::Wrap([threads = threads.get()](int32_t argument) {
        return threads->Spawn(argument);
      })));
  threads->linker_ = linker;
  // What the embedder wants unknown, the first thread's instance tells.
  threads->linker_.DefineUnknownImportsAsTraps(*threads->module_);
  return threads;
}

absl::Status Threads::CreateMemories(Linker& linker, Store& store) {
  for (const Import& import : module_->module().imports) {
    const auto* const type = std::get_if<MemoryType>(&import.type);
    if (type == nullptr || !type->shared) continue;
    ASSIGN_OR_RETURN(Memory * memory, store.NewMemory(*type));
    RETURN_IF_ERROR(linker.Define(import.module, import.name, Extern(memory)));
    memories_.push_back(memory->shared_from_this());
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome<std::unique_ptr<Threads::Thread>>> Threads::Prepare(
    int32_t argument) {
  auto thread = absl::WrapUnique(new Thread{.threads = this,
                                            .id = 0,
                                            .argument = argument,
                                            .store = Store(engine_, limits_)});
  for (const std::shared_ptr<Memory>& memory : memories_) {
    thread->store.AddShared(*memory);
  }
  ASSIGN_OR_RETURN(const Outcome<Instance*> instance,
                   linker_.Instantiate(thread->store, module_));
  if (!instance.has_value()) return std::unexpected(instance.error());
  thread->start = (*instance)->FindFunction(kStart);
  if (last_id_ >= kMaxId) {
    return absl::ResourceExhaustedError("all numbers of threads are used");
  }
  thread->id = ++last_id_;
  return thread;
}

Outcome<int32_t> Threads::Spawn(int32_t argument) {
  constexpr int32_t kFailed = -1;
  absl::StatusOr<Outcome<std::unique_ptr<Thread>>> prepared = Prepare(argument);
  if (!prepared.ok()) return kFailed;
  // The new instance's start function may end the program like any other.
  if (!prepared->has_value()) return std::unexpected(prepared->error());
  const int32_t id = (**prepared)->id;
  return Start(std::move(**prepared)) ? id : kFailed;
}

bool Threads::Start(std::unique_ptr<Thread> thread) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (running_ == kMaxThreads) return false;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const auto run = [](void* argument) -> void* {
    std::unique_ptr<Thread> own(static_cast<Thread*>(argument));
    Threads& threads = *own->threads;
    threads.Run(std::move(own));
    return nullptr;
  };
  pthread_t native;
  const int error = pthread_create(&native, &attributes, run, thread.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) return false;
  static_cast<void>(thread.release());
  ++running_;
  return true;
}

void Threads::Run(std::unique_ptr<Thread> thread) {
  const Value arguments[] = {Value::I32(thread->id),
                             Value::I32(thread->argument)};
  absl::StatusOr<Outcome<std::vector<Value>>> outcome =
      Call(*thread->start, arguments);
  if (!outcome.ok()) {
    outcome = std::unexpected(
        Termination(Trap{.kind = TrapKind::kHostError,
                         .message = std::string(outcome.status().message())}));
  }
  if (!outcome->has_value() && !has_ended_.exchange(true)) {
    end_(outcome->error());
  }
  thread.reset();
  const std::lock_guard<std::mutex> lock(mutex_);
  --running_;
  // Under the lock: afterwards this may be gone.
  all_ended_.notify_all();
}

Threads::~Threads() {
  for (const std::shared_ptr<Memory>& memory : memories_) {
    memory->parking_lot()->Interrupt();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  all_ended_.wait(lock, [this] { return running_ == 0; });
}

}  // namespace wasijit::wasi
