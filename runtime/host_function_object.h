// A function of the host as an object of a store.
#ifndef WASIJIT_RUNTIME_HOST_FUNCTION_OBJECT_H_
#define WASIJIT_RUNTIME_HOST_FUNCTION_OBJECT_H_

#include <utility>

#include "runtime/abi/vm_context.h"
#include "runtime/function.h"
#include "runtime/host_function.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"

namespace wasijit {

class Store;

// Neither copied nor moved: its parts point to each other.
struct HostFunctionObject {
  HostFunctionObject(Store& store, void* call_buffer, HostFunction function,
                     TypeId type_id, const FuncType& type)
      : definition(std::move(function)),
        context{.caller = nullptr,
                .data = definition.data(),
                .call_buffer = call_buffer,
                .function = &object},
        record{.code = definition.code(),
               .context = &context,
               .type_id = type_id,
               .padding = 0,
               .function = &object},
        object(store, /*instance=*/nullptr, &record, type) {}
  HostFunctionObject(const HostFunctionObject&) = delete;
  HostFunctionObject& operator=(const HostFunctionObject&) = delete;

  HostFunction definition;
  // For calls by the embedder; each importing instance has its own.
  VmHostContext context;
  VmFunction record;
  Function object;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_HOST_FUNCTION_OBJECT_H_
