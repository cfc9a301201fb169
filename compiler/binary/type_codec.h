// Binary form of definitions and external types (specification, 5.3); value
// types are in runtime/module/value_type_codec.h.
//
// Readers report through the reader's error state and then return something
// arbitrary. Indices are not checked: that is validation's.
#ifndef WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_
#define WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_

#include <cstdint>

#include "compiler/syntax/features.h"
#include "compiler/syntax/immediates.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// Implementation limits of type definitions.
inline constexpr uint32_t kMaxParameters = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxStructFields = 10'000;

BlockType ReadBlockType(ByteReader& reader);
// One definition, `sub` and descriptor clauses included.
SubType ReadSubType(ByteReader& reader);

TableType ReadTableType(ByteReader& reader);
// Of the features only custom page sizes matter: without the proposal, its
// encoding is malformed. The other features are validation's.
MemoryType ReadMemoryType(ByteReader& reader, FeatureSet features);
GlobalType ReadGlobalType(ByteReader& reader);
TagType ReadTagType(ByteReader& reader);
ExternType ReadExternType(ByteReader& reader, FeatureSet features);

void WriteBlockType(const BlockType& type, ByteWriter& writer);
void WriteSubType(const SubType& type, ByteWriter& writer);
void WriteTableType(const TableType& type, ByteWriter& writer);
void WriteMemoryType(const MemoryType& type, ByteWriter& writer);
void WriteGlobalType(const GlobalType& type, ByteWriter& writer);
void WriteTagType(const TagType& type, ByteWriter& writer);
void WriteExternType(const ExternType& type, ByteWriter& writer);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_
