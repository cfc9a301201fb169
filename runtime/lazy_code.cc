#include "runtime/lazy_code.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/abi/trap.h"
#include "runtime/compile_threads.h"
#include "runtime/host_entry.h"
#include "runtime/loaded_code.h"
#include "runtime/outcome.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/code_arena.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Part of the patience after which a function is warm: worth compiling with hot
// ones that call it.
constexpr int32_t kWarmPart = 16;
// Patience from when the first has been lost: a few microseconds. Who waits for
// better code asks that often.
constexpr int32_t kShortPatience = 2000;

// Null after a failure, which is then pending.
const void* FindOrSetPending(LazyCode& code, uint32_t function) {
  const absl::StatusOr<const void*> found = code.Find(function);
  if (found.ok()) return *found;
  SetPendingTermination(
      Trap{.kind = TrapKind::kHostError,
           .message = absl::StrCat("cannot compile function ", function, ": ",
                                   found.status().message())});
  return nullptr;
}

// A LazyCall: WebAssembly has called a function that has no code yet.
WASIJIT_HOST_ENTRY const void* FindCalled(void* owner, uint32_t function) {
  void* const frame = __builtin_frame_address(0);
  EnterHost(frame);
  const void* const code =
      FindOrSetPending(*static_cast<LazyCode*>(owner), function);
  if (code == nullptr) [[unlikely]] {
    LeaveWithPendingTermination(frame);
  }
  return code;
}

}  // namespace

absl::StatusOr<std::shared_ptr<LazyCode>> LazyCode::Create(
    LazyImage image, TierOptions options) {
  ASSIGN_OR_RETURN(CodeArena arena, CodeArena::Create());
  const std::shared_ptr<LazyCode> code = absl::WrapUnique(
      new LazyCode(std::move(image), options, std::move(arena)));
  RETURN_IF_ERROR(code->WriteTrampolines());
  return code;
}

LazyCode::LazyCode(LazyImage image, TierOptions options, CodeArena arena)
    : image_(std::move(image)),
      options_(options),
      counters_(image_.module->num_defined_functions(),
                {.patience = options.patience, .calls = 0}),
      arena_(std::move(arena)),
      states_(image_.module->num_defined_functions()) {}

absl::Status LazyCode::WriteTrampolines() {
  const size_t count = counters_.size();
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(const CodeArena::Place place,
                   arena_.Allocate(kLazyStubSize + count * kTrampolineSize, 0));
  WriteLazyStub(place.writable_text, &FindCalled, this);
  trampolines_ = place.text + kLazyStubSize;
  for (size_t i = 0; i < count; ++i) {
    const auto function =
        static_cast<uint32_t>(i) + image_.module->num_imported_functions;
    const uint8_t* const trampoline = Trampoline(function);
    WriteTrampoline(arena_.Writable(trampoline), trampoline, function,
                    place.text);
  }
  MakeCodeVisible(place.text, kLazyStubSize + count * kTrampolineSize);
  return absl::OkStatus();
}

void LazyCode::Abandon() {
  absl::MutexLock lock(&mutex_);
  is_abandoned_ = true;
  hot_.clear();
}

const uint8_t* LazyCode::Trampoline(uint32_t function) const {
  return trampolines_ + Defined(function) * kTrampolineSize;
}

absl::StatusOr<const void*> LazyCode::Find(uint32_t function) {
  absl::MutexLock lock(&mutex_);
  FunctionState& state = states_[Defined(function)];
  const auto is_settled = [&state] { return !state.is_awaited; };
  while (state.code == nullptr) {
    const auto failure = failures_.find(function);
    if (failure != failures_.end()) return failure->second;
    if (!state.is_awaited) {
      state.is_awaited = true;
      if (!CompileThreads::Get().RunNow([self = shared_from_this(), function] {
            self->CompileFirst(function);
          })) {
        state.is_awaited = false;
        return absl::ResourceExhaustedError("the system refuses a thread");
      }
    }
    mutex_.Await(absl::Condition(&is_settled));
  }
  return state.code;
}

// Running code counts without any order.
bool LazyCode::IsWarm(uint32_t function) {
  return std::atomic_ref<int32_t>(counters_[Defined(function)].patience)
             .load(std::memory_order_relaxed) <
         options_.patience - options_.patience / kWarmPart;
}

uint32_t LazyCode::ResetCounter(uint32_t function) {
  VmCounter& counter = counters_[Defined(function)];
  std::atomic_ref<int32_t>(counter.patience)
      .store(std::min(options_.patience, kShortPatience),
             std::memory_order_relaxed);
  return std::atomic_ref<uint32_t>(counter.calls)
      .load(std::memory_order_relaxed);
}

void LazyCode::NoteHot(uint32_t function) {
  ResetCounter(function);
  absl::MutexLock lock(&mutex_);
  Request(function);
}

void LazyCode::Request(uint32_t function) {
  FunctionState& state = states_[Defined(function)];
  if (state.is_hot || is_abandoned_) return;
  state.is_hot = true;
  hot_.push_back(function);
  CompileThreads::Get().RunInBackground(
      [self = shared_from_this()] { self->CompileHot(); });
}

const void* LazyCode::FindLoop(uint32_t function, uint32_t loop) {
  const uint32_t calls = ResetCounter(function);
  absl::MutexLock lock(&mutex_);
  LoopState& state = loops_[loop];
  FunctionState& of_function = states_[Defined(function)];
  // A loop of which other calls have asked before is short: the next call of
  // its function is soon.
  const bool is_same_call = calls == std::exchange(of_function.calls, calls);
  if (options_.waits || is_same_call || calls <= 1) {
    RequestLoop(function, loop);
  } else {
    Request(function);
  }
  if (options_.waits) {
    mutex_.Await(absl::Condition(&state.is_settled));
  }
  if (state.code != nullptr) {
    ++replaced_loops_;
    if (std::exchange(state.calls, calls) != 0) Request(function);
  }
  return state.code;
}

void LazyCode::RequestLoop(uint32_t function, uint32_t loop) {
  LoopState& state = loops_[loop];
  if (state.is_requested || is_abandoned_) return;
  state.is_requested = true;
  auto work = [self = shared_from_this(), function, loop] {
    self->CompileLoop(function, loop);
  };
  if (!options_.waits) {
    CompileThreads::Get().RunSoon(std::move(work));
  } else if (!CompileThreads::Get().RunNow(std::move(work))) {
    state.is_settled = true;
  }
}

uint64_t LazyCode::replaced_loops() const {
  absl::MutexLock lock(&mutex_);
  return replaced_loops_;
}

const LoadedCode* LazyCode::CodeAt(const void* pc) const {
  absl::MutexLock lock(&mutex_);
  const auto after = codes_.upper_bound(static_cast<const uint8_t*>(pc));
  if (after == codes_.begin()) return nullptr;
  const LoadedCode* const code = std::prev(after)->second.get();
  return code->Contains(pc) ? code : nullptr;
}

bool LazyCode::HasTier(uint32_t function, Tier tier) const {
  absl::MutexLock lock(&mutex_);
  const FunctionState& state = states_[Defined(function)];
  return state.code != nullptr && state.tier == tier;
}

void LazyCode::CompileFirst(uint32_t function) {
  std::vector<uint32_t> functions = PlanFirst(function);
  absl::Status status = CompileAndPublish(Tier::kBaseline, functions);
  if (!status.ok() && functions.size() > 1) {
    // The fault may be a neighbour's.
    Fail(absl::MakeConstSpan(functions).subspan(1), absl::OkStatus());
    functions.resize(1);
    status = CompileAndPublish(Tier::kBaseline, functions);
  }
  if (!status.ok()) Fail(functions, status);
}

std::vector<uint32_t> LazyCode::PlanFirst(uint32_t function) {
  absl::MutexLock lock(&mutex_);
  std::vector<uint32_t> functions =
      image_.compiler->Plan(Tier::kBaseline, function, [&](uint32_t other) {
        mutex_.AssertHeld();
        const FunctionState& state = states_[Defined(other)];
        return state.code == nullptr && !state.is_awaited &&
               !failures_.contains(other);
      });
  for (const uint32_t planned : functions) {
    states_[Defined(planned)].is_awaited = true;
  }
  return functions;
}

void LazyCode::CompileHot() {
  const std::vector<uint32_t> functions = PlanHot();
  // What fails to become faster stays as it is.
  if (!functions.empty()) {
    static_cast<void>(CompileAndPublish(Tier::kOptimized, functions));
  }
}

std::vector<uint32_t> LazyCode::PlanHot() {
  absl::MutexLock lock(&mutex_);
  while (!hot_.empty()) {
    const uint32_t function = hot_.front();
    hot_.pop_front();
    if (states_[Defined(function)].is_promoted) continue;
    std::vector<uint32_t> functions =
        image_.compiler->Plan(Tier::kOptimized, function, [&](uint32_t other) {
          mutex_.AssertHeld();
          const FunctionState& called = states_[Defined(other)];
          return called.code != nullptr && !called.is_promoted &&
                 (called.is_hot || IsWarm(other));
        });
    for (const uint32_t planned : functions) {
      states_[Defined(planned)].is_hot = true;
      states_[Defined(planned)].is_promoted = true;
    }
    return functions;
  }
  return {};
}

void LazyCode::CompileLoop(uint32_t function, uint32_t loop) {
  absl::StatusOr<CodeImage> image =
      image_.compiler->CompileLoop(function, loop);
  absl::StatusOr<std::unique_ptr<const LoadedCode>> code =
      image.ok() ? Install(*std::move(image)) : image.status();
  absl::MutexLock lock(&mutex_);
  LoopState& state = loops_[loop];
  state.is_settled = true;
  // What fails to become faster stays as it is.
  if (!code.ok()) return;
  state.code = (*code)->CodeAt(0);
  codes_.emplace((*code)->text().data(), *std::move(code));
}

absl::Status LazyCode::CompileAndPublish(Tier tier,
                                         absl::Span<const uint32_t> functions) {
  ASSIGN_OR_RETURN(CodeImage image, image_.compiler->Compile(tier, functions));
  ASSIGN_OR_RETURN(std::unique_ptr<const LoadedCode> code,
                   Install(std::move(image)));
  Publish(tier, std::move(code));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const LoadedCode>> LazyCode::Install(
    CodeImage image) {
  ASSIGN_OR_RETURN(const CodeArena::Place place, Allocate(image));
  FillSlots(image, image.code.data());
  std::memcpy(place.writable_text, image.code.data(), image.text_size);
  if (const size_t data = image.ReadOnlyDataOffset();
      data < image.code.size()) {
    std::memcpy(place.writable_data, image.code.data() + data,
                image.code.size() - data);
  }
  for (const ImageCall& call : image.calls) {
    PointCall(place.writable_text + call.offset, place.text + call.offset,
              Trampoline(call.function));
  }
  MakeCodeVisible(place.text, image.text_size);
  return std::make_unique<const LoadedCode>(std::move(image), place.text);
}

absl::StatusOr<CodeArena::Place> LazyCode::Allocate(const CodeImage& image) {
  absl::MutexLock lock(&mutex_);
  if (is_abandoned_) return absl::CancelledError("the module is gone");
  const size_t data = std::min(image.ReadOnlyDataOffset(), image.code.size());
  return arena_.Allocate(image.text_size, image.code.size() - data);
}

void LazyCode::Publish(Tier tier, std::unique_ptr<const LoadedCode> code) {
  absl::MutexLock lock(&mutex_);
  const CodeImage& image = code->image();
  for (size_t i = 0; i < image.functions.size(); ++i) {
    const uint32_t function = image.FunctionOf(i);
    FunctionState& state = states_[Defined(function)];
    state.code = code->CodeAt(i);
    state.tier = tier;
    state.is_awaited = false;
    const uint8_t* const trampoline = Trampoline(function);
    PointTrampoline(arena_.Writable(trampoline), trampoline, state.code);
  }
  codes_.emplace(code->text().data(), std::move(code));
}

void LazyCode::Fail(absl::Span<const uint32_t> functions,
                    const absl::Status& why) {
  absl::MutexLock lock(&mutex_);
  for (const uint32_t function : functions) {
    states_[Defined(function)].is_awaited = false;
    if (!why.ok()) failures_.try_emplace(function, why);
  }
}

}  // namespace wasijit
