// Finds what a module imports by name.
#ifndef WASIJIT_RUNTIME_LINKER_H_
#define WASIJIT_RUNTIME_LINKER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/compiled_module.h"
#include "runtime/extern.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/outcome.h"
#include "runtime/store.h"

namespace wasijit {

// Definitions of the host are recipes and serve any number of stores; objects
// and instances belong to one store. A copy is independent of the original. Not
// synchronised.
class Linker {
 public:
  // All of these: AlreadyExists if the name is taken, unless shadowing is
  // allowed.
  absl::Status Define(absl::string_view module, absl::string_view name,
                      Extern external);
  absl::Status Define(absl::string_view module, absl::string_view name,
                      HostFunction function);
  // Functions of a module that are only made when a module imports them.
  // Definitions of the same name go before. AlreadyExists if there is such a
  // source for the module already.
  using FunctionSource =
      std::function<std::optional<HostFunction>(absl::string_view name)>;
  absl::Status DefineFrom(absl::string_view module, FunctionSource source);
  // Every export of the instance, as exports of a module called `module`.
  absl::Status DefineInstance(absl::string_view module, Instance& instance);

  // From now on a definition replaces one of the same name.
  void AllowShadowing(bool allow) { allow_shadowing_ = allow; }

  // Makes functions for those imports of `module` that have no definition yet;
  // calling one traps with TrapKind::kUnknownImport and a message that names
  // it. Imports that are not functions stay unknown.
  void DefineUnknownImportsAsTraps(const CompiledModule& module);

  // The object of this name; a host function becomes a new object of the
  // store. NotFound if there is no definition.
  absl::StatusOr<Extern> Find(Store& store, absl::string_view module,
                              absl::string_view name) const;

  // Links and instantiates. FailedPrecondition with every import that is
  // missing or of another type: "unknown import: ...", "incompatible import
  // type: ..."; and what Store::Instantiate says.
  absl::StatusOr<Outcome<Instance*>> Instantiate(
      Store& store, std::shared_ptr<const CompiledModule> module) const;

 private:
  using Definition = std::variant<Extern, HostFunction>;
  // By the names of module and import.
  using Definitions =
      absl::flat_hash_map<std::string,
                          absl::flat_hash_map<std::string, Definition>>;

  absl::Status Add(absl::string_view module, absl::string_view name,
                   Definition definition);
  const Definition* FindDefinition(absl::string_view module,
                                   absl::string_view name) const;

  std::optional<HostFunction> FromSource(absl::string_view module,
                                         absl::string_view name) const;

  bool allow_shadowing_ = false;
  Definitions definitions_;
  // By the name of the module.
  absl::flat_hash_map<std::string, FunctionSource> sources_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_LINKER_H_
