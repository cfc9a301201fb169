// Binary form of heap and value types (specification, 5.3.3-5.3.5): needed by
// constant expressions here and by everything in compiler/binary.
#ifndef WASIJIT_RUNTIME_MODULE_VALUE_TYPE_CODEC_H_
#define WASIJIT_RUNTIME_MODULE_VALUE_TYPE_CODEC_H_

#include "runtime/module/byte_reader.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/types.h"

namespace wasijit {

// Errors go to the reader's error state; the result is then arbitrary. Whether
// a type index exists is not checked.
HeapType ReadHeapType(ByteReader& reader);
ValueType ReadValueType(ByteReader& reader);
// A value type that must be a reference.
ValueType ReadReferenceType(ByteReader& reader);

// REQUIRES: not the bottom types.
void WriteHeapType(HeapType type, ByteWriter& writer);
void WriteValueType(ValueType type, ByteWriter& writer);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_VALUE_TYPE_CODEC_H_
