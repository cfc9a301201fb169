// A function of a store: an instance's or the host's (specification, 4.2.6).
#ifndef WASIJIT_RUNTIME_FUNCTION_H_
#define WASIJIT_RUNTIME_FUNCTION_H_

#include <cstdint>

#include "runtime/abi/vm_context.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

class Instance;
class Store;

// Owned by a store; copying one means to copy its address.
class Function {
 public:
  // Makes a function that calls can reach through `record`, which outlives it.
  // `instance` is null for the host's functions.
  Function(Store& store, Instance* instance, VmFunction* record,
           const FuncType& type)
      : store_(&store), instance_(instance), record_(record), type_(&type) {}

  Store& store() const { return *store_; }
  Instance* instance() const { return instance_; }
  // Indices in the type are canonical ids.
  const FuncType& type() const { return *type_; }
  TypeId type_id() const { return record_->type_id; }
  VmFunction* record() const { return record_; }

  // A non-null reference to the function, of its own type.
  Value Reference() const;
  // Of type funcref; null if `function` is.
  static Value Reference(const Function* function);
  // The function that a function reference refers to; null for null.
  static Function* FromReference(const Value& reference);

 private:
  Store* store_;
  Instance* instance_;
  VmFunction* record_;
  const FuncType* type_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_FUNCTION_H_
