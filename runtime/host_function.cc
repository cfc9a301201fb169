#include "runtime/host_function.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/caller.h"
#include "runtime/function.h"
#include "runtime/host_entry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "runtime/value_location.h"

namespace wasijit {
namespace {

// Room for the values of usual functions without an allocation.
using Values = absl::InlinedVector<Value, 8>;

class DynamicClosure : public GenericHostClosure {
 public:
  explicit DynamicClosure(HostFunction::Callback callback)
      : GenericHostClosure(&Invoke), callback_(std::move(callback)) {}

 private:
  static bool Invoke(GenericHostClosure& closure, VmHostContext* context,
                     RegisterFile& registers) {
    Outcome<void> outcome =
        static_cast<DynamicClosure&>(closure).Call(*context, registers);
    if (outcome.has_value()) return true;
    SetPendingTermination(std::move(outcome).error());
    return false;
  }

  Outcome<void> Call(VmHostContext& context, RegisterFile& registers) {
    const FuncType& type = context.function->type();
    LocationAssigner places = LocationAssigner::ForArguments();
    Values arguments;
    arguments.reserve(type.params.size());
    for (const ValueType parameter : type.params) {
      arguments.push_back(
          ReadCell(LocationAddress(places.Next(parameter), registers,
                                   context.call_buffer),
                   parameter));
      context.function->store().Keep(arguments.back());
    }
    Values results(type.results.size());
    Caller caller(&context);
    Outcome<void> outcome =
        callback_(caller, arguments, absl::MakeSpan(results));
    if (!outcome.has_value()) return outcome;
    places = LocationAssigner::ForResults();
    for (size_t i = 0; i < results.size(); ++i) {
      if (!caller.store().ValueMatches(results[i], type.results[i])) {
        return std::unexpected(Trap{
            .kind = TrapKind::kHostError,
            .message = absl::StrFormat(
                "host function returned %s for its result %d of type %s",
                ToString(results[i].type()), i, ToString(type.results[i]))});
      }
      WriteCell(LocationAddress(places.Next(type.results[i]), registers,
                                context.call_buffer),
                results[i]);
    }
    return outcome;
  }

  HostFunction::Callback callback_;
};

}  // namespace

HostFunction HostFunction::Dynamic(FuncType type, Callback callback) {
  return HostFunction(std::move(type), GenericHostEntry(),
                      std::make_shared<DynamicClosure>(std::move(callback)));
}

HostFunction HostFunction::OfType(TypeId type_id, FuncType type,
                                  Callback callback) {
  HostFunction function = Dynamic(std::move(type), std::move(callback));
  function.type_id_ = type_id;
  return function;
}

}  // namespace wasijit
