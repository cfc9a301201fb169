// Binary form of types (specification, 5.3).
//
// Readers report through the reader's error state and then return something
// arbitrary. Indices are not checked: that is validation's.
#ifndef WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_
#define WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_

#include "compiler/syntax/immediates.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

HeapType ReadHeapType(ByteReader& reader);
ValueType ReadValueType(ByteReader& reader);
// A value type that must be a reference.
ValueType ReadReferenceType(ByteReader& reader);
StorageType ReadStorageType(ByteReader& reader);
BlockType ReadBlockType(ByteReader& reader);
// One definition, `sub` and descriptor clauses included.
SubType ReadSubType(ByteReader& reader);

TableType ReadTableType(ByteReader& reader);
MemoryType ReadMemoryType(ByteReader& reader);
GlobalType ReadGlobalType(ByteReader& reader);
TagType ReadTagType(ByteReader& reader);
ExternType ReadExternType(ByteReader& reader);

void WriteHeapType(HeapType type, ByteWriter& writer);
void WriteValueType(ValueType type, ByteWriter& writer);
void WriteStorageType(const StorageType& type, ByteWriter& writer);
void WriteBlockType(const BlockType& type, ByteWriter& writer);
void WriteSubType(const SubType& type, ByteWriter& writer);
void WriteTableType(const TableType& type, ByteWriter& writer);
void WriteMemoryType(const MemoryType& type, ByteWriter& writer);
void WriteGlobalType(const GlobalType& type, ByteWriter& writer);
void WriteTagType(const TagType& type, ByteWriter& writer);
void WriteExternType(const ExternType& type, ByteWriter& writer);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_TYPE_CODEC_H_
