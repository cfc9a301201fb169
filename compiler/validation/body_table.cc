// Tables and memories (specification, 3.4.5, 3.4.6).
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "compiler/validation/body_validator.h"

namespace wasijit::compiler {
namespace {

// The type of a length between two address spaces: the smaller one.
ValueType SmallerAddress(ValueType a, ValueType b) {
  return a == ValueType::I64() && b == ValueType::I64() ? a : ValueType::I32();
}

}  // namespace

bool BodyValidator::CheckTable(uint32_t table) {
  return table < context_.tables.size() || FailUnknown("table", table);
}

bool BodyValidator::CheckMemory(uint32_t memory) {
  return memory < context_.memories.size() || FailUnknown("memory", memory);
}

bool BodyValidator::CheckElement(uint32_t segment) {
  return segment < context_.elements.size() ||
         FailUnknown("elem segment", segment);
}

// The data count section exists so that a body can be validated before the data
// section is there (5.5.16).
bool BodyValidator::CheckData(uint32_t segment) {
  if (!context_.module.data_count) return Fail("data count section required");
  return segment < *context_.module.data_count ||
         FailUnknown("data segment", segment);
}

bool BodyValidator::CheckMemArg(ValueType& address) {
  const MemArg& memarg = in_.memarg;
  if (!CheckMemory(memarg.memory)) return false;
  const uint8_t natural = in_.info().access_size_log2;
  if (memarg.align_log2 > natural) {
    return Fail("alignment must not be larger than natural");
  }
  if (memarg.align_log2 != natural && IsAtomic(in_.verb())) {
    return Fail("atomic alignment must be natural");
  }
  address = context_.memories[memarg.memory];
  if (address == ValueType::I32() && memarg.offset > UINT32_MAX) {
    return Fail("offset out of range");
  }
  return true;
}

bool BodyValidator::TableGet() {
  if (!CheckTable(in_.index)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index];
  if (!stack_.Pop(table.address)) return false;
  stack_.Push(table.element);
  return true;
}

bool BodyValidator::TableSet() {
  if (!CheckTable(in_.index)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index];
  const ValueType operands[] = {table.address, table.element};
  return stack_.Pop(operands);
}

bool BodyValidator::TableSize() {
  if (!CheckTable(in_.index)) return false;
  stack_.Push(context_.tables[in_.index].address);
  return true;
}

bool BodyValidator::TableGrow() {
  if (!CheckTable(in_.index)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index];
  const ValueType operands[] = {table.element, table.address};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(table.address);
  return true;
}

bool BodyValidator::TableFill() {
  if (!CheckTable(in_.index)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index];
  const ValueType operands[] = {table.address, table.element, table.address};
  return stack_.Pop(operands);
}

bool BodyValidator::TableCopy() {
  if (!CheckTable(in_.index) || !CheckTable(in_.index2)) return false;
  const ModuleContext::Table& destination = context_.tables[in_.index];
  const ModuleContext::Table& source = context_.tables[in_.index2];
  if (!context_.Matches(source.element, destination.element)) {
    return Fail(absl::StrCat("type mismatch: source element type ",
                             context_.TypeName(source.element),
                             " does not match destination element type ",
                             context_.TypeName(destination.element)));
  }
  const ValueType operands[] = {
      destination.address, source.address,
      SmallerAddress(destination.address, source.address)};
  return stack_.Pop(operands);
}

bool BodyValidator::TableInit() {
  if (!CheckTable(in_.index2) || !CheckElement(in_.index)) return false;
  const ModuleContext::Table& table = context_.tables[in_.index2];
  const ValueType element = context_.elements[in_.index];
  if (!context_.Matches(element, table.element)) {
    return Fail(absl::StrCat("type mismatch: element segment's type ",
                             context_.TypeName(element),
                             " does not match table's element type ",
                             context_.TypeName(table.element)));
  }
  const ValueType operands[] = {table.address, ValueType::I32(),
                                ValueType::I32()};
  return stack_.Pop(operands);
}

bool BodyValidator::MemoryCopy() {
  if (!CheckMemory(in_.index) || !CheckMemory(in_.index2)) return false;
  const ValueType destination = context_.memories[in_.index];
  const ValueType source = context_.memories[in_.index2];
  const ValueType operands[] = {destination, source,
                                SmallerAddress(destination, source)};
  return stack_.Pop(operands);
}

}  // namespace wasijit::compiler
