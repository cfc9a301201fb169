// Modules and images for tests of the runtime, made without a compiler.
#ifndef WASIJIT_TEST_RUNTIME_IMAGE_BUILDER_H_
#define WASIJIT_TEST_RUNTIME_IMAGE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/abi/vm_context.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "runtime/platform/arch.h"
#include "test/runtime/arch_code.h"

namespace wasijit::test {

inline constexpr ValueType kI32 = ValueType::I32();
inline constexpr ValueType kI64 = ValueType::I64();
inline constexpr ValueType kF32 = ValueType::F32();
inline constexpr ValueType kF64 = ValueType::F64();
inline constexpr ValueType kV128 = ValueType::V128();

// The code at a label of arch_code.h up to another.
struct Code {
  const uint8_t* begin;
  const uint8_t* end;
};
inline Code CodeFrom(const uint8_t* begin) {
  return {begin, wasijit_test_text_end};
}
inline Code TrapCode(TrapKind kind) {
  const uint8_t* const begin =
      wasijit_test_traps + 16 * static_cast<size_t>(kind);
  return {begin, begin + 16};
}

inline std::vector<uint8_t> I32Const(uint8_t value) {
  return {0x41, static_cast<uint8_t>(value | 0x80), 0x00, 0x0b};
}
inline std::vector<uint8_t> I64Const(uint8_t value) {
  return {0x42, static_cast<uint8_t>(value | 0x80), 0x00, 0x0b};
}
inline std::vector<uint8_t> RefFunc(uint8_t function) {
  return {0xd2, function, 0x0b};
}
inline std::vector<uint8_t> RefNullFunc() { return {0xd0, 0x70, 0x0b}; }
inline std::vector<uint8_t> GlobalGet(uint8_t global) {
  return {0x23, global, 0x0b};
}

// Imports must be added before definitions.
class ImageBuilder {
 public:
  ImageBuilder() = default;

  uint32_t Type(std::vector<ValueType> params, std::vector<ValueType> results) {
    SubType type;
    type.composite =
        FuncType{.params = std::move(params), .results = std::move(results)};
    return Add(std::move(type));
  }
  uint32_t Add(SubType type) {
    const auto index = static_cast<uint32_t>(module_.types.size());
    module_.types.push_back(std::move(type));
    module_.rec_groups.push_back({.first = index, .count = 1});
    return index;
  }

  // The index of what is imported in the index space of its kind.
  uint32_t Import(absl::string_view module, absl::string_view name,
                  ExternType type) {
    module_.imports.push_back({std::string(module), std::string(name), type});
    if (const auto* function = std::get_if<FunctionExternType>(&type)) {
      module_.functions.push_back({.type = function->type, .body = {}});
      return module_.num_imported_functions++;
    }
    if (const auto* table = std::get_if<TableType>(&type)) {
      module_.tables.push_back({.type = *table, .init = {}});
      return module_.num_imported_tables++;
    }
    if (const auto* memory = std::get_if<MemoryType>(&type)) {
      module_.memories.push_back(*memory);
      return module_.num_imported_memories++;
    }
    if (const auto* global = std::get_if<GlobalType>(&type)) {
      module_.globals.push_back({.type = *global, .init = {}});
      return module_.num_imported_globals++;
    }
    module_.tags.push_back(std::get<TagType>(type));
    return module_.num_imported_tags++;
  }

  // Defines a function and exports it under `name` unless that is empty.
  uint32_t Function(uint32_t type, Code code, absl::string_view name = "") {
    const auto index = static_cast<uint32_t>(module_.functions.size());
    module_.functions.push_back({.type = type, .body = {}});
    functions_.push_back(
        {.begin = Offset(code.begin), .end = Offset(code.end)});
    if (!name.empty()) Export(name, ExternKind::kFunction, index);
    return index;
  }
  uint32_t Memory(uint64_t min, std::optional<uint64_t> max = std::nullopt) {
    module_.memories.push_back({.limits = {.min = min, .max = max}});
    return static_cast<uint32_t>(module_.memories.size() - 1);
  }
  uint32_t Table(uint64_t min, std::optional<uint64_t> max = std::nullopt,
                 ValueType element = ValueType::FuncRef(),
                 const std::vector<uint8_t>& init = {}) {
    module_.tables.push_back(
        {.type = {.element = element, .limits = {.min = min, .max = max}},
         .init = Expr(init)});
    return static_cast<uint32_t>(module_.tables.size() - 1);
  }
  uint32_t Global(ValueType type, bool is_mutable,
                  const std::vector<uint8_t>& init) {
    module_.globals.push_back(
        {.type = {.value = type, .is_mutable = is_mutable},
         .init = Expr(init)});
    return static_cast<uint32_t>(module_.globals.size() - 1);
  }
  void Elements(SegmentMode mode, const std::vector<uint8_t>& offset,
                std::vector<uint32_t> functions) {
    module_.elements.push_back({.mode = mode,
                                .table = 0,
                                .offset = Expr(offset),
                                .type = ValueType::FuncRef(),
                                .items = std::move(functions)});
  }
  void ElementExprs(SegmentMode mode, const std::vector<uint8_t>& offset,
                    const std::vector<std::vector<uint8_t>>& exprs) {
    std::vector<ConstExpr> items;
    for (const std::vector<uint8_t>& expr : exprs) items.push_back(Expr(expr));
    module_.elements.push_back({.mode = mode,
                                .table = 0,
                                .offset = Expr(offset),
                                .type = ValueType::FuncRef(),
                                .items = std::move(items)});
  }
  void Data(SegmentMode mode, const std::vector<uint8_t>& offset,
            absl::string_view bytes) {
    const ConstExpr expr = Expr(offset);
    module_.data.push_back(
        {.mode = mode, .memory = 0, .offset = expr, .bytes = Append(bytes)});
  }
  void Export(absl::string_view name, ExternKind kind, uint32_t index) {
    module_.exports.push_back(
        {.name = std::string(name), .kind = kind, .index = index});
  }
  void Start(uint32_t function) { module_.start = function; }
  void Name(absl::string_view module) { module_.names.module = Append(module); }
  void FunctionName(uint32_t function, absl::string_view name) {
    module_.names.functions.push_back(
        {.index = function, .name = Append(name)});
  }
  void Location(const uint8_t* label, uint32_t function,
                uint32_t bytecode_offset, uint32_t inlined_at = kNoLocation) {
    locations_.push_back({.pc = Offset(label),
                          .function = function,
                          .bytecode_offset = bytecode_offset,
                          .inlined_at = inlined_at});
  }
  uint32_t Inlined(uint32_t function, uint32_t bytecode_offset,
                   uint32_t inlined_at = kNoLocation) {
    inlined_calls_.push_back({.function = function,
                              .bytecode_offset = bytecode_offset,
                              .inlined_at = inlined_at});
    return static_cast<uint32_t>(inlined_calls_.size() - 1);
  }
  // How exceptions leave a function: by index of the defined function.
  void Frame(uint32_t defined, int32_t caller_stack,
             std::vector<SavedRegister> saved) {
    const auto begin = static_cast<uint32_t>(unwind_.saved_registers.size());
    unwind_.saved_registers.insert(unwind_.saved_registers.end(), saved.begin(),
                                   saved.end());
    frames_.emplace_back(defined, unwind_.layouts.size());
    unwind_.layouts.push_back(
        {.caller_stack = caller_stack,
         .saved_begin = begin,
         .saved_end = static_cast<uint32_t>(unwind_.saved_registers.size())});
  }
  // Exceptions of the call that returns to a label go to another.
  void Pad(const uint8_t* return_address, const uint8_t* target) {
    unwind_.landing_pads.push_back({.begin = Offset(return_address) - 1,
                                    .end = Offset(return_address),
                                    .target = Offset(target)});
  }
  void BoundsChecks(wasijit::BoundsChecks checks) { bounds_checks_ = checks; }

  // For what has no method here.
  Module& module() { return module_; }

  // The module so far.
  std::shared_ptr<const Module> BuildModule() const {
    auto module = std::make_shared<Module>(module_);
    module->bytes = std::make_shared<const std::vector<uint8_t>>(bytes_);
    return module;
  }
  VmContextLayout Layout() const { return VmContextLayout(*BuildModule()); }

  // The image so far.
  CodeImage Build() const {
    CodeImage image;
    image.instruction_set = kHostInstructionSet;
    image.bounds_checks = bounds_checks_;
    image.module = BuildModule();
    image.code.assign(wasijit_test_begin, wasijit_test_end);
    image.text_size = Offset(wasijit_test_text_end);
    image.slots = {{.offset = Offset(wasijit_test_grow_slot),
                    .libcall = Libcall::kMemoryGrow}};
    image.functions = functions_;
    image.locations = locations_;
    image.inlined_calls = inlined_calls_;
    image.unwind = unwind_;
    image.unwind.frames.assign(functions_.size(), 0);
    for (const auto& [defined, layout] : frames_) {
      image.unwind.frames[defined] = static_cast<uint32_t>(layout);
    }
    return image;
  }

  // The distance from the context register to a place in the context, given by
  // its displacement from the memory base; 0 is memory byte 0.
  int64_t FromPinned(int64_t displacement) const {
    return displacement - Layout().PinnedDisplacement(kHostPinned);
  }
  int64_t ImportSlot(uint32_t function) const {
    return FromPinned(Layout().ImportSlot(function));
  }
  int64_t ContextSlot() const { return FromPinned(Layout().Context()); }
  int64_t CallBufferSlot() const {
    return ContextSlot() +
           static_cast<int64_t>(offsetof(VmContext, call_buffer));
  }

 private:
  static uint32_t Offset(const uint8_t* label) {
    return static_cast<uint32_t>(label - wasijit_test_begin);
  }
  ByteRange Append(absl::string_view bytes) {
    const auto offset = static_cast<uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {.offset = offset, .size = static_cast<uint32_t>(bytes.size())};
  }
  ConstExpr Expr(const std::vector<uint8_t>& bytes) {
    return {
        Append({reinterpret_cast<const char*>(bytes.data()), bytes.size()})};
  }

  Module module_;
  std::vector<uint8_t> bytes_;
  std::vector<FunctionRange> functions_;
  std::vector<CodeLocation> locations_;
  std::vector<InlinedCall> inlined_calls_;
  UnwindTables unwind_ = {
      .saved_registers = {},
      .layouts = {{.caller_stack = 16, .saved_begin = 0, .saved_end = 0}},
      .frames = {},
      .landing_pads = {}};
  // Defined functions and their layouts.
  std::vector<std::pair<uint32_t, size_t>> frames_;
  wasijit::BoundsChecks bounds_checks_ = wasijit::BoundsChecks::kGuardPages;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_RUNTIME_IMAGE_BUILDER_H_
