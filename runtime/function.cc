#include "runtime/function.h"

#include <cstdint>

#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

Value Function::Reference() const {
  return Value::Ref(ValueType::Ref(HeapType::Concrete(type_id()),
                                   /*nullable=*/false),
                    reinterpret_cast<ReferenceBits>(record_));
}

Value Function::Reference(const Function* function) {
  return Value::Ref(ValueType::FuncRef(),
                    function == nullptr
                        ? 0
                        : reinterpret_cast<ReferenceBits>(function->record_));
}

Function* Function::FromReference(const Value& reference) {
  auto* const record = reinterpret_cast<VmFunction*>(reference.ref());
  return record == nullptr ? nullptr : record->function;
}

}  // namespace wasijit
