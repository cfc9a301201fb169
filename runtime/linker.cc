#include "runtime/linker.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/abi/trap.h"
#include "runtime/caller.h"
#include "runtime/compiled_module.h"
#include "runtime/extern.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/instantiation.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/status/status_macros.h"
#include "runtime/store.h"

namespace wasijit {
namespace {

// A message does not name more imports than this.
constexpr size_t kMaxProblems = 16;

absl::Status LinkError(std::vector<std::string> problems) {
  if (problems.size() > kMaxProblems) {
    const size_t more = problems.size() - kMaxProblems;
    problems.resize(kMaxProblems);
    problems.push_back(absl::StrCat("and ", more, " more"));
  }
  return absl::FailedPreconditionError(absl::StrJoin(problems, "\n"));
}

}  // namespace

absl::Status Linker::Add(absl::string_view module, absl::string_view name,
                         Definition definition) {
  auto& names = definitions_[module];
  const bool is_made_on_demand = FromSource(module, name).has_value();
  const auto [position, is_new] = names.try_emplace(name, definition);
  if (is_new && !is_made_on_demand) return absl::OkStatus();
  if (!allow_shadowing_) {
    if (is_new) names.erase(position);
    return absl::AlreadyExistsError(absl::StrFormat(
        "\"%s\" \"%s\" is defined twice", absl::Utf8SafeCHexEscape(module),
        absl::Utf8SafeCHexEscape(name)));
  }
  position->second = std::move(definition);
  return absl::OkStatus();
}

absl::Status Linker::Define(absl::string_view module, absl::string_view name,
                            Extern external) {
  return Add(module, name, external);
}

absl::Status Linker::Define(absl::string_view module, absl::string_view name,
                            HostFunction function) {
  return Add(module, name, std::move(function));
}

absl::Status Linker::DefineFrom(absl::string_view module,
                                FunctionSource source) {
  if (!sources_.try_emplace(module, std::move(source)).second) {
    return absl::AlreadyExistsError(
        absl::StrFormat("the functions of \"%s\" are defined twice",
                        absl::Utf8SafeCHexEscape(module)));
  }
  return absl::OkStatus();
}

absl::Status Linker::DefineInstance(absl::string_view module,
                                    Instance& instance) {
  for (const Export& exported : instance.module().exports) {
    RETURN_IF_ERROR(Define(module, exported.name, instance.Get(exported)));
  }
  return absl::OkStatus();
}

void Linker::DefineUnknownImportsAsTraps(const CompiledModule& module) {
  const std::vector<Import>& imports = module.module().imports;
  for (size_t i = 0; i < imports.size(); ++i) {
    const auto* const type = std::get_if<FunctionExternType>(&imports[i].type);
    if (type == nullptr ||
        FindDefinition(imports[i].module, imports[i].name) != nullptr ||
        FromSource(imports[i].module, imports[i].name)) {
      continue;
    }
    const std::string message =
        absl::StrFormat("unknown import called: \"%s\" \"%s\"",
                        absl::Utf8SafeCHexEscape(imports[i].module),
                        absl::Utf8SafeCHexEscape(imports[i].name));
    HostFunction trap = HostFunction::OfType(
        module.type_ids()[type->type], module.CanonicalFuncType(type->type),
        [message](Caller&, absl::Span<const Value>,
                  absl::Span<Value>) -> Outcome<void> {
          return std::unexpected(
              Trap{.kind = TrapKind::kUnknownImport, .message = message});
        });
    definitions_[imports[i].module].insert_or_assign(imports[i].name,
                                                     std::move(trap));
  }
}

const Linker::Definition* Linker::FindDefinition(absl::string_view module,
                                                 absl::string_view name) const {
  const auto names = definitions_.find(module);
  if (names == definitions_.end()) return nullptr;
  const auto position = names->second.find(name);
  return position == names->second.end() ? nullptr : &position->second;
}

std::optional<HostFunction> Linker::FromSource(absl::string_view module,
                                               absl::string_view name) const {
  const auto source = sources_.find(module);
  if (source == sources_.end()) return std::nullopt;
  return source->second(name);
}

absl::StatusOr<Extern> Linker::Find(Store& store, absl::string_view module,
                                    absl::string_view name) const {
  const Definition* const definition = FindDefinition(module, name);
  if (definition == nullptr) {
    if (std::optional<HostFunction> made = FromSource(module, name)) {
      ASSIGN_OR_RETURN(Function * function,
                       store.NewFunction(*std::move(made)));
      return function;
    }
    return absl::NotFoundError(absl::StrFormat("\"%s\" \"%s\" is not defined",
                                               absl::Utf8SafeCHexEscape(module),
                                               absl::Utf8SafeCHexEscape(name)));
  }
  if (const auto* external = std::get_if<Extern>(definition)) return *external;
  ASSIGN_OR_RETURN(Function * function,
                   store.NewFunction(std::get<HostFunction>(*definition)));
  return function;
}

absl::StatusOr<Outcome<Instance*>> Linker::Instantiate(
    Store& store, std::shared_ptr<const CompiledModule> module) const {
  const SharedTypeRegistry& types = store.engine().types();
  const std::vector<Import>& imports = module->module().imports;
  std::vector<Extern> externals;
  externals.reserve(imports.size());
  std::vector<std::string> problems;
  for (size_t i = 0; i < imports.size(); ++i) {
    absl::StatusOr<Extern> found =
        Find(store, imports[i].module, imports[i].name);
    if (absl::IsNotFound(found.status())) {
      problems.push_back(
          absl::StrCat("unknown import: ", DescribeImport(types, *module, i)));
      continue;
    }
    RETURN_IF_ERROR(found.status());
    const absl::Status status = CheckImport(types, *module, i, *found);
    if (!status.ok()) problems.emplace_back(status.message());
    externals.push_back(*found);
  }
  if (!problems.empty()) return LinkError(std::move(problems));
  return store.Instantiate(std::move(module), externals);
}

}  // namespace wasijit
