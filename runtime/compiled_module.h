// A module's code in executable memory, shared by all instances.
#ifndef WASIJIT_RUNTIME_COMPILED_MODULE_H_
#define WASIJIT_RUNTIME_COMPILED_MODULE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/abi/vm_context.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/lazy_code.h"
#include "runtime/loaded_code.h"
#include "runtime/module/module.h"
#include "runtime/module/type_registry.h"
#include "runtime/platform/executable_memory.h"

namespace wasijit {

// Immutable and thread-safe. Made by Engine::Load.
class CompiledModule : public std::enable_shared_from_this<CompiledModule> {
 public:
  static absl::StatusOr<std::shared_ptr<const CompiledModule>> Create(
      CodeImage image, SharedTypeRegistry& types);
  static absl::StatusOr<std::shared_ptr<const CompiledModule>> Create(
      LazyImage image, SharedTypeRegistry& types, TierOptions options = {});

  // Removes the code from what the fault handler knows.
  ~CompiledModule();
  CompiledModule(const CompiledModule&) = delete;
  CompiledModule& operator=(const CompiledModule&) = delete;

  const Module& module() const { return *module_; }
  const std::shared_ptr<const Module>& shared_module() const { return module_; }
  const VmContextLayout& layout() const { return layout_; }
  BoundsChecks bounds_checks() const { return bounds_checks_; }

  // Canonical ids by type index.
  absl::Span<const TypeId> type_ids() const { return type_ids_; }
  // A function type of the module, with ids as indices; stays valid as long as
  // the engine. REQUIRES: the type is a function type.
  const FuncType& CanonicalFuncType(uint32_t type) const {
    return *func_types_[type];
  }
  // By index of the import, with ids as indices.
  absl::Span<const ExternType> import_types() const { return import_types_; }
  // The same for any type that the module mentions.
  ExternType WithCanonicalIds(ExternType type) const;

  // VmContextLayout::FunctionRecord, in constant time.
  // REQUIRES: references can be made to the function.
  uint32_t FunctionRecord(uint32_t function) const {
    return records_[function];
  }

  // Where a defined function is called, as long as the module lives;
  // `function` is in the module's function index space.
  const void* FunctionCode(uint32_t function) const;
  // What code counts in (VmContext::counters); null if it does not count.
  VmCounter* counters() const {
    return lazy_ == nullptr ? nullptr : lazy_->counters();
  }
  // Null if everything is compiled.
  LazyCode* lazy() const { return lazy_.get(); }

  // The code that contains the address; null if there is none. For a lazy
  // module, more may come to be there later.
  const LoadedCode* CodeAt(const void* pc) const;
  using Place = LoadedCode::Place;
  // As LoadedCode::PlacesAt.
  std::vector<Place> PlacesAt(const void* pc) const;
  // Whether the code of a function begins there.
  bool IsEntry(const void* pc) const;

  // Where an exception goes on that comes out of the call that returns to an
  // address in the module; null if out of the function.
  const void* LandingPadAt(const void* return_address) const;
  // The frame of the function that the address is in, as FrameLayout.
  using FrameShape = LoadedCode::FrameShape;
  // REQUIRES: a call returns to the address.
  FrameShape FrameAt(const void* return_address) const;

  // Where the machine code of all functions is, and comes to be.
  absl::Span<const uint8_t> text() const;

  // The module whose live code contains the address; null if there is none.
  // Async-signal-safe. The result stays valid as long as that code is running
  // or something else keeps the module alive.
  static const CompiledModule* Containing(const void* pc);

 private:
  CompiledModule(std::shared_ptr<const Module> module,
                 BoundsChecks bounds_checks);

  absl::Status AddTypes(SharedTypeRegistry& types);
  // Makes the code known to the fault handler.
  void Register();

  const std::shared_ptr<const Module> module_;
  const BoundsChecks bounds_checks_;
  // Everything at once, or one after the other.
  ExecutableMemory memory_;
  std::optional<LoadedCode> code_;
  std::shared_ptr<LazyCode> lazy_;
  bool is_registered_ = false;
  VmContextLayout layout_;
  std::vector<TypeId> type_ids_;
  std::vector<const FuncType*> func_types_;
  std::vector<ExternType> import_types_;
  // By function; meaningful for those that references can be made to.
  std::vector<uint32_t> records_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_COMPILED_MODULE_H_
