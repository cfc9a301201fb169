// A global variable (specification, 4.2.9).
#ifndef WASIJIT_RUNTIME_GLOBAL_H_
#define WASIJIT_RUNTIME_GLOBAL_H_

#include <cstdint>

#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/value_location.h"

namespace wasijit {

// Owned by a store. The variable itself lies in an instance's context
// (VmContextLayout::Global) or, for the host's globals, in this object.
class Global {
 public:
  // Of an instance; `cell` outlives this.
  Global(const GlobalType& type, void* cell) : type_(type), cell_(cell) {}
  // Of the host. REQUIRES: the value is of the type.
  Global(const GlobalType& type, const Value& value)
      : type_(type), cell_(storage_) {
    WriteCell(cell_, value);
  }
  Global(const Global&) = delete;
  Global& operator=(const Global&) = delete;

  // Indices are canonical ids.
  const GlobalType& type() const { return type_; }

  Value Get() const { return ReadCell(cell_, type_.value); }
  // REQUIRES: the global is mutable and the value is of its type.
  void Set(const Value& value) { WriteCell(cell_, value); }

  void* cell() const { return cell_; }

 private:
  GlobalType type_;
  void* cell_;
  alignas(16) uint8_t storage_[16] = {};
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GLOBAL_H_
