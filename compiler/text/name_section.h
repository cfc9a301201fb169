// The name section (specification, appendix on custom sections), with the
// subsections of the extended name section proposal.
#ifndef WASIJIT_COMPILER_TEXT_NAME_SECTION_H_
#define WASIJIT_COMPILER_TEXT_NAME_SECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/module/byte_writer.h"

namespace wasijit::compiler {

// Index -> name, in ascending order.
using NameMap = std::vector<std::pair<uint32_t, std::string>>;
// Index of a function or type -> its locals, labels or fields.
using IndirectNameMap = std::vector<std::pair<uint32_t, NameMap>>;

// The name of an index; empty if there is none.
absl::string_view FindName(const NameMap& names, uint32_t index);
// The names of an index; null if there are none.
const NameMap* FindNames(const IndirectNameMap& names, uint32_t index);

struct NameSection {
  std::optional<std::string> module;
  NameMap functions;
  IndirectNameMap locals;
  // By function; numbered in the order of the instructions that bind them.
  IndirectNameMap labels;
  NameMap types;
  NameMap tables;
  NameMap memories;
  NameMap globals;
  NameMap elements;
  NameMap data;
  // By type.
  IndirectNameMap fields;
  NameMap tags;

  bool IsEmpty() const;

  friend bool operator==(const NameSection&, const NameSection&) = default;
};

// Content of the section. Empty maps are left out.
void WriteNameSection(const NameSection& names, ByteWriter& writer);

// InvalidArgument if the section is malformed. Subsections that are not
// understood are left out.
absl::StatusOr<NameSection> ReadNameSection(absl::Span<const uint8_t> content);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_NAME_SECTION_H_
