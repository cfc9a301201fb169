// A tag of exceptions (specification, 4.2.10).
#ifndef WASIJIT_RUNTIME_TAG_H_
#define WASIJIT_RUNTIME_TAG_H_

#include <string>
#include <utility>
#include <vector>

#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"

namespace wasijit {

class Store;

// Owned by a store; its identity is its address.
class Tag {
 public:
  // `payload` is the definition of the type. `name` is for messages.
  Tag(Store& store, TypeId type_id, const FuncType& payload, std::string name)
      : store_(store),
        type_id_(type_id),
        payload_(payload),
        name_(std::move(name)) {}
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;

  Store& store() const { return store_; }
  // Of the function type whose parameters are the payload.
  TypeId type_id() const { return type_id_; }

  // Types of what its exceptions carry; indices are canonical ids.
  const std::vector<ValueType>& payload_types() const {
    return payload_.params;
  }
  // By which a module exports it, or its number there; empty for the host's.
  const std::string& name() const { return name_; }

 private:
  Store& store_;
  TypeId type_id_;
  const FuncType& payload_;
  std::string name_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_TAG_H_
