// A tag of exceptions (specification, 4.2.10).
#ifndef WASIJIT_RUNTIME_TAG_H_
#define WASIJIT_RUNTIME_TAG_H_

#include "runtime/module/type_registry.h"

namespace wasijit {

// Owned by a store; its identity is its address.
class Tag {
 public:
  explicit Tag(TypeId type_id) : type_id_(type_id) {}
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;

  // Of the function type whose parameters are the payload.
  TypeId type_id() const { return type_id_; }

 private:
  TypeId type_id_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_TAG_H_
