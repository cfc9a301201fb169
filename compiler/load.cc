#include "compiler/load.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_validator.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {

absl::StatusOr<std::shared_ptr<const Module>> LoadModule(
    absl::Span<const uint8_t> bytes, FeatureSet features) {
  ASSIGN_OR_RETURN(Module module, DecodeModule(bytes, features));
  RETURN_IF_ERROR(ValidateModule(module, features));
  return std::make_shared<const Module>(std::move(module));
}

}  // namespace wasijit::compiler
