#include "runtime/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {
namespace {

// More than any machine has, and less than makes allocators abort.
constexpr size_t kMaxBytes = size_t{1} << 38;

}  // namespace

absl::StatusOr<std::unique_ptr<Table>> Table::Create(const TableType& type,
                                                     bool is_function_table,
                                                     ReferenceBits initial,
                                                     uint64_t max_size) {
  auto table = absl::WrapUnique(
      new Table(type, is_function_table,
                std::min(max_size, type.limits.max.value_or(
                                       std::numeric_limits<uint64_t>::max()))));
  if (!table->Grow(type.limits.min, initial).has_value()) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("no room for a table of %d elements", type.limits.min));
  }
  return table;
}

Table::Table(const TableType& type, bool is_function_table, uint64_t max_size)
    : type_(type), is_function_table_(is_function_table), max_size_(max_size) {}

TableType Table::type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

std::optional<ReferenceBits> Table::Get(uint64_t index) const {
  if (index >= vm_.size) return std::nullopt;
  if (!is_function_table_) {
    return static_cast<const ReferenceBits*>(vm_.base)[index];
  }
  return reinterpret_cast<ReferenceBits>(
      static_cast<const VmFunctionElement*>(vm_.base)[index].reference);
}

void Table::Put(uint64_t index, ReferenceBits reference) {
  if (!is_function_table_) {
    static_cast<ReferenceBits*>(vm_.base)[index] = reference;
    return;
  }
  auto& element = static_cast<VmFunctionElement*>(vm_.base)[index];
  auto* const function = reinterpret_cast<VmFunction*>(reference);
  element = function == nullptr
                ? VmFunctionElement{}
                : VmFunctionElement{.code = function->code,
                                    .context = function->context,
                                    .type_id = function->type_id,
                                    .padding = 0,
                                    .reference = function};
}

bool Table::Set(uint64_t index, ReferenceBits reference) {
  if (index >= vm_.size) return false;
  Put(index, reference);
  return true;
}

bool Table::Fill(uint64_t start, ReferenceBits reference, uint64_t count) {
  if (!Contains(start, count)) return false;
  for (uint64_t i = 0; i < count; ++i) Put(start + i, reference);
  return true;
}

bool Table::Copy(const Table& source, uint64_t destination,
                 uint64_t source_start, uint64_t count) {
  if (!Contains(destination, count) || !source.Contains(source_start, count)) {
    return false;
  }
  if (count == 0) return true;
  const size_t element = ElementSize();
  std::memmove(
      static_cast<uint8_t*>(vm_.base) + destination * element,
      static_cast<const uint8_t*>(source.vm_.base) + source_start * element,
      count * element);
  return true;
}

bool Table::Init(uint64_t destination,
                 absl::Span<const ReferenceBits> references) {
  if (!Contains(destination, references.size())) return false;
  for (size_t i = 0; i < references.size(); ++i) {
    Put(destination + i, references[i]);
  }
  return true;
}

bool Table::Reserve(uint64_t capacity) {
  if (capacity <= capacity_) return true;
  if (capacity > kMaxBytes / ElementSize()) return false;
  // The first elements come zeroed, which is null, without being touched.
  void* const moved =
      elements_ == nullptr
          ? std::calloc(capacity, ElementSize())
          : std::realloc(elements_.get(), capacity * ElementSize());
  if (moved == nullptr) return false;
  static_cast<void>(elements_.release());
  elements_.reset(moved);
  capacity_ = capacity;
  vm_.base = moved;
  return true;
}

std::optional<uint64_t> Table::Grow(uint64_t delta, ReferenceBits initial) {
  const uint64_t old_size = vm_.size;
  if (delta > max_size_ || old_size > max_size_ - delta) return std::nullopt;
  const uint64_t new_size = old_size + delta;
  const bool is_fresh = elements_ == nullptr;
  if (new_size > capacity_) {
    // Doubling keeps repeated growth linear, if there is memory for it.
    const uint64_t roomy =
        std::min(std::max(new_size, 2 * capacity_), max_size_);
    if (!Reserve(roomy) && !Reserve(new_size)) return std::nullopt;
  }
  vm_.size = new_size;
  if (!is_fresh || initial != 0) Fill(old_size, initial, delta);
  return old_size;
}

}  // namespace wasijit
