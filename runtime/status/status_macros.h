// Propagation of absl::Status and absl::StatusOr.
//
//   RETURN_IF_ERROR(WriteHeader(file));
//   ASSIGN_OR_RETURN(Module module, DecodeModule(bytes));
#ifndef WASIJIT_RUNTIME_STATUS_STATUS_MACROS_H_
#define WASIJIT_RUNTIME_STATUS_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates an absl::Status; returns it from the enclosing function unless ok.
#define RETURN_IF_ERROR(expression)                                       \
  do {                                                                    \
    if (absl::Status wasijit_status = (expression); !wasijit_status.ok()) \
        [[unlikely]] {                                                    \
      return wasijit_status;                                              \
    }                                                                     \
  } while (false)

// Evaluates an absl::StatusOr; returns its status from the enclosing function
// unless ok, else moves the value into `target`, which may declare a variable.
// Expands to several statements: not for the body of an unbraced `if`.
#define ASSIGN_OR_RETURN(target, expression)                                  \
  WASIJIT_ASSIGN_OR_RETURN(WASIJIT_CONCATENATE(wasijit_status_or_, __LINE__), \
                           target, expression)

#define WASIJIT_ASSIGN_OR_RETURN(result, target, expression) \
  auto result = (expression);                                \
  if (!result.ok()) [[unlikely]] {                           \
    return std::move(result).status();                       \
  }                                                          \
  target = *std::move(result)

#define WASIJIT_CONCATENATE(a, b) WASIJIT_CONCATENATE_EXPANDED(a, b)
#define WASIJIT_CONCATENATE_EXPANDED(a, b) a##b

#endif  // WASIJIT_RUNTIME_STATUS_STATUS_MACROS_H_
