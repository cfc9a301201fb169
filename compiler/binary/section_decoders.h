// The contents of each section (specification, 5.5).
#ifndef WASIJIT_COMPILER_BINARY_SECTION_DECODERS_H_
#define WASIJIT_COMPILER_BINARY_SECTION_DECODERS_H_

#include <cstdint>
#include <vector>

#include "compiler/binary/section.h"
#include "compiler/syntax/features.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Implementation limits: those of other engines, so that what runs elsewhere
// runs here.
inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100;
inline constexpr uint32_t kMaxElementSegments = 100'000;
inline constexpr uint32_t kMaxDataSegments = 100'000;
inline constexpr uint32_t kMaxNameSize = 100'000;
inline constexpr uint32_t kMaxFunctionSize = 7'654'321;

// Reads the content of a section other than a custom one and appends it to the
// module; what the code section has goes to `bodies`. The sections before it in
// the order must have been read. Errors go to the reader. Whether the content
// ends where the section does is for the caller to check.
void DecodeSection(SectionId id, FeatureSet features, ByteReader& reader,
                   Module& module, std::vector<ByteRange>& bodies);

// Reads a custom section. One named "name" also becomes Module::names; if it
// is malformed, it is without effect. `after` is the last section before that
// is not custom.
void DecodeCustomSection(SectionId after, ByteReader& reader, Module& module);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_SECTION_DECODERS_H_
