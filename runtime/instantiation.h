// Making an instance (specification, 4.5.4).
#ifndef WASIJIT_RUNTIME_INSTANTIATION_H_
#define WASIJIT_RUNTIME_INSTANTIATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/const_expr_context.h"
#include "runtime/extern.h"
#include "runtime/instance.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/store.h"

namespace wasijit {

// FailedPrecondition with "incompatible import type: ..." if the object may not
// stand for the module's import of this index.
absl::Status CheckImport(const SharedTypeRegistry& types,
                         const CompiledModule& module, size_t import,
                         const Extern& external);

// `"module" "name" (func (param i32))`: an import in messages, escaped.
std::string DescribeImport(const SharedTypeRegistry& types,
                           const CompiledModule& module, size_t import);

// One use of Store::Instantiate; its documentation is the contract.
class Instantiation {
 public:
  Instantiation(Store& store, std::shared_ptr<const CompiledModule> module,
                absl::Span<const Extern> imports);

  absl::StatusOr<Outcome<Instance*>> Run();

 private:
  const Module& module() const { return instance_->module(); }
  const VmContextLayout& layout() const { return instance_->module_->layout(); }

  // Fails with a status, too, if an initialiser traps.
  absl::StatusOr<Outcome<Instance*>> RunSteps();
  // In the order in which they run.
  absl::Status CheckImports();
  void TakeImports();
  absl::Status AllocateMemories();
  absl::Status AllocateContext();
  absl::Status CheckGuards() const;
  absl::Status PrepareHeap();
  void FillContext();
  void FillImportSlots();
  void FillRecords();
  absl::Status InitializeGlobals();
  absl::Status AllocateTables();
  absl::Status EvaluateElements();
  absl::Status ProtectContext();
  // These three may trap.
  absl::StatusOr<Outcome<void>> WriteElements();
  absl::StatusOr<Outcome<void>> WriteData();
  Outcome<void> CallStart();

  absl::StatusOr<Value> Evaluate(ConstExpr expr,
                                 InstanceConstExprContext& context);
  // A constant address of a segment.
  absl::StatusOr<uint64_t> EvaluateOffset(ConstExpr offset);

  Store& store_;
  absl::Span<const Extern> imports_;
  // In the order of the module's function imports.
  std::vector<Function*> imported_functions_;
  // Null if the module needs no heap.
  uint8_t* gc_base_ = nullptr;
  // What an initialiser has trapped with.
  std::optional<TrapKind> trap_;
  Instance* instance_ = nullptr;
  std::unique_ptr<Instance> owned_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_INSTANTIATION_H_
