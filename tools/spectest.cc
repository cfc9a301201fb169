#include "tools/spectest.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/extern.h"
#include "runtime/host_function.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

constexpr absl::string_view kModule = "spectest";

absl::Status DefineFunctions(Linker& linker) {
  const std::pair<absl::string_view, HostFunction> functions[] = {
      {"print", HostFunction::Wrap([] {})},
      {"print_i32", HostFunction::Wrap([](int32_t) {})},
      {"print_i64", HostFunction::Wrap([](int64_t) {})},
      {"print_f32", HostFunction::Wrap([](float) {})},
      {"print_f64", HostFunction::Wrap([](double) {})},
      {"print_i32_f32", HostFunction::Wrap([](int32_t, float) {})},
      {"print_f64_f64", HostFunction::Wrap([](double, double) {})},
  };
  for (const auto& [name, function] : functions) {
    RETURN_IF_ERROR(linker.Define(kModule, name, function));
  }
  return absl::OkStatus();
}

absl::Status DefineGlobals(Store& store, Linker& linker) {
  const std::pair<absl::string_view, Value> globals[] = {
      {"global_i32", Value::I32(666)},
      {"global_i64", Value::I64(666)},
      {"global_f32", Value::F32(666.6f)},
      {"global_f64", Value::F64(666.6)},
  };
  for (const auto& [name, value] : globals) {
    const GlobalType type = {.value = value.type(), .is_mutable = false};
    ASSIGN_OR_RETURN(Global * global, store.NewGlobal(type, value));
    RETURN_IF_ERROR(linker.Define(kModule, name, Extern(global)));
  }
  return absl::OkStatus();
}

absl::Status DefineTable(absl::string_view name, bool is64, Store& store,
                         Linker& linker) {
  const TableType type = {.element = ValueType::FuncRef(),
                          .limits = {.min = 10, .max = 20, .is64 = is64}};
  ASSIGN_OR_RETURN(Table * table,
                   store.NewTable(type, Value::Default(type.element)));
  return linker.Define(kModule, name, Extern(table));
}

absl::Status DefineMemory(absl::string_view name, bool shared, Store& store,
                          Linker& linker) {
  MemoryType type;
  type.limits.min = 1;
  type.limits.max = 2;
  type.shared = shared;
  ASSIGN_OR_RETURN(Memory * memory, store.NewMemory(type));
  return linker.Define(kModule, name, Extern(memory));
}

}  // namespace

absl::Status DefineSpectest(Store& store, Linker& linker) {
  RETURN_IF_ERROR(DefineFunctions(linker));
  RETURN_IF_ERROR(DefineGlobals(store, linker));
  RETURN_IF_ERROR(DefineTable("table", /*is64=*/false, store, linker));
  RETURN_IF_ERROR(DefineTable("table64", /*is64=*/true, store, linker));
  RETURN_IF_ERROR(DefineMemory("memory", /*shared=*/false, store, linker));
  return DefineMemory("shared_memory", /*shared=*/true, store, linker);
}

}  // namespace wasijit::tools
