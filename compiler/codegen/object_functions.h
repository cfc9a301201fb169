// Where an object's functions are.
#ifndef WASIJIT_COMPILER_CODEGEN_OBJECT_FUNCTIONS_H_
#define WASIJIT_COMPILER_CODEGEN_OBJECT_FUNCTIONS_H_

#include <cstdint>
#include <vector>

#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Error.h"

namespace wasijit::compiler {

// A function of the module in an object.
struct ObjectFunction {
  // Index of the section, and offsets in it.
  uint64_t section;
  uint64_t begin;
  uint64_t end;
  // By index in the module's function index space.
  uint32_t function;
};

class ObjectFunctions {
 public:
  static llvm::Expected<ObjectFunctions> Read(
      const llvm::object::ObjectFile& file);

  // The function that contains a place, or null.
  const ObjectFunction* Find(uint64_t section, uint64_t offset) const;

 private:
  // By section and begin.
  std::vector<ObjectFunction> functions_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_OBJECT_FUNCTIONS_H_
