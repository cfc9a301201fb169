// A code image mapped for execution, shared by all instances of its module.
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
#include "runtime/abi/unwind_tables.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/module/type_registry.h"
#include "runtime/platform/executable_memory.h"

namespace wasijit {

// Immutable and thread-safe. Made by Engine::Load.
class CompiledModule : public std::enable_shared_from_this<CompiledModule> {
 public:
  static absl::StatusOr<std::shared_ptr<const CompiledModule>> Create(
      CodeImage image, SharedTypeRegistry& types);

  // Removes the code from what the fault handler knows.
  ~CompiledModule();
  CompiledModule(const CompiledModule&) = delete;
  CompiledModule& operator=(const CompiledModule&) = delete;

  const Module& module() const { return *image_.module; }
  const std::shared_ptr<const Module>& shared_module() const {
    return image_.module;
  }
  const VmContextLayout& layout() const { return layout_; }
  BoundsChecks bounds_checks() const { return image_.bounds_checks; }

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

  // Where the code of a defined function begins; `function` is in the module's
  // function index space.
  const void* FunctionCode(uint32_t function) const {
    const uint32_t defined = function - module().num_imported_functions;
    return code_.text() + image_.functions[defined].begin;
  }

  // The defined function whose code contains the address.
  std::optional<uint32_t> FunctionAt(const void* pc) const;
  // Bytes from the begin of that function's code.
  // REQUIRES: the function is defined and contains the address.
  size_t OffsetInFunction(uint32_t function, const void* pc) const;

  // A place in the bytecode; with inlining, a machine instruction has several,
  // innermost first.
  struct Place {
    uint32_t function;
    // kNoLocation if unknown.
    uint32_t bytecode_offset;
  };
  // `pc` is an instruction's first byte, or, for a return address, the byte
  // before it. Empty if it is not in a function of the module.
  std::vector<Place> PlacesAt(const void* pc) const;

  // Where an exception goes on that comes out of the call that returns to an
  // address in the module; null if out of the function.
  const void* LandingPadAt(const void* return_address) const;
  // The frame of the function that the address is in, as FrameLayout.
  struct FrameShape {
    int32_t caller_stack;
    absl::Span<const SavedRegister> saved_registers;
  };
  // REQUIRES: a call returns to the address.
  FrameShape FrameAt(const void* return_address) const;

  // The machine code of all functions.
  absl::Span<const uint8_t> text() const;

  // The module whose live code contains the address; null if there is none.
  // Async-signal-safe. The result stays valid as long as that code is running
  // or something else keeps the module alive.
  static const CompiledModule* Containing(const void* pc);

 private:
  CompiledModule(CodeImage image, ExecutableMemory code);

  absl::Status AddTypes(SharedTypeRegistry& types);

  // `code` is empty: it lives in code_.
  CodeImage image_;
  ExecutableMemory code_;
  VmContextLayout layout_;
  std::vector<TypeId> type_ids_;
  std::vector<const FuncType*> func_types_;
  std::vector<ExternType> import_types_;
  // By function; meaningful for those that references can be made to.
  std::vector<uint32_t> records_;
  // Indices of defined functions in the order of their code.
  std::vector<uint32_t> functions_by_address_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_COMPILED_MODULE_H_
