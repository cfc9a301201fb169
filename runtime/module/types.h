// WebAssembly types as data (specification, chapter 2.3).
//
// Types refer to each other by index. In a Module the indices are those of its
// type section; in a TypeRegistry they are canonical type ids. The classes are
// the same; only the holder knows which index space is meant.
//
// Everything here is a value without invariants beyond its own fields; whether
// an index exists or a subtype declaration is sound is for validation to say.
#ifndef WASIJIT_RUNTIME_MODULE_TYPES_H_
#define WASIJIT_RUNTIME_MODULE_TYPES_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace wasijit {

// Implementation limit on the types of a module and on canonical ids; the
// packed classes below have room for it. The decoder refuses far fewer.
inline constexpr uint32_t kMaxTypeIndex = (1u << 26) - 1;

enum class AbstractHeapType : uint8_t {
  kFunc,
  kNoFunc,
  kExtern,
  kNoExtern,
  kAny,
  kEq,
  kI31,
  kStruct,
  kArray,
  kNone,
  kExn,
  kNoExn,
  // Below every heap type; arises only while validating unreachable code.
  kBottom,
};

// The root of the hierarchy that the type belongs to: func, extern, any or exn;
// bottom for bottom.
AbstractHeapType TopOf(AbstractHeapType type);

// What a reference points to: an abstract heap type, or a type by its index,
// which is exact if only objects of precisely that type are meant (custom
// descriptors proposal).
class HeapType {
 public:
  constexpr HeapType() : HeapType(AbstractHeapType::kBottom) {}
  constexpr HeapType(AbstractHeapType kind)  // NOLINT: deliberately implicit
      : bits_(static_cast<uint32_t>(kind) << kPayloadShift) {}

  // An index above kMaxTypeIndex becomes kMaxTypeIndex, which no module has,
  // so that it is found to be unknown.
  static constexpr HeapType Concrete(uint32_t type_index, bool exact = false) {
    HeapType result;
    result.bits_ = std::min(type_index, kMaxTypeIndex) << kPayloadShift |
                   kConcreteBit | (exact ? kExactBit : 0);
    return result;
  }

  constexpr bool IsConcrete() const { return (bits_ & kConcreteBit) != 0; }
  constexpr bool IsAbstract() const { return !IsConcrete(); }
  constexpr bool IsExact() const { return (bits_ & kExactBit) != 0; }
  constexpr bool Is(AbstractHeapType kind) const {
    return bits_ == HeapType(kind).bits_;
  }

  // REQUIRES: IsConcrete().
  constexpr uint32_t type_index() const { return bits_ >> kPayloadShift; }
  // REQUIRES: IsAbstract().
  constexpr AbstractHeapType abstract() const {
    return static_cast<AbstractHeapType>(bits_ >> kPayloadShift);
  }

  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  friend class ValueType;
  // Bits 0-3 belong to ValueType.
  static constexpr uint32_t kExactBit = 1u << 4;
  static constexpr uint32_t kConcreteBit = 1u << 5;
  static constexpr uint32_t kPayloadShift = 6;

  uint32_t bits_;
};

// The type of a value, in 32 bits: comparing and copying are those of an
// integer. Equal bits are equal types only within one index space in which no
// two indices denote the same type; see TypeRegistry.
class ValueType {
 public:
  enum class Kind : uint8_t {
    // The type of a value that unreachable code would produce; never in a
    // module. Also the default.
    kBottom,
    kI32,
    kI64,
    kF32,
    kF64,
    kV128,
    kRef,
  };

  constexpr ValueType() : ValueType(Kind::kBottom) {}
  // REQUIRES: kind is not kRef.
  constexpr ValueType(Kind kind)  // NOLINT: deliberately implicit
      : bits_(static_cast<uint32_t>(kind)) {}

  static constexpr ValueType I32() { return Kind::kI32; }
  static constexpr ValueType I64() { return Kind::kI64; }
  static constexpr ValueType F32() { return Kind::kF32; }
  static constexpr ValueType F64() { return Kind::kF64; }
  static constexpr ValueType V128() { return Kind::kV128; }
  static constexpr ValueType Ref(HeapType heap_type, bool nullable) {
    ValueType result;
    result.bits_ = static_cast<uint32_t>(Kind::kRef) | heap_type.bits_ |
                   (nullable ? kNullableBit : 0);
    return result;
  }
  // The nullable abbreviations of the text format.
  static constexpr ValueType FuncRef() {
    return Ref(AbstractHeapType::kFunc, /*nullable=*/true);
  }
  static constexpr ValueType ExternRef() {
    return Ref(AbstractHeapType::kExtern, /*nullable=*/true);
  }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & kKindMask); }
  constexpr bool IsBottom() const { return kind() == Kind::kBottom; }
  constexpr bool IsInteger() const {
    return kind() == Kind::kI32 || kind() == Kind::kI64;
  }
  constexpr bool IsFloat() const {
    return kind() == Kind::kF32 || kind() == Kind::kF64;
  }
  constexpr bool IsNumeric() const { return IsInteger() || IsFloat(); }
  constexpr bool IsVector() const { return kind() == Kind::kV128; }
  constexpr bool IsRef() const { return kind() == Kind::kRef; }

  // REQUIRES: IsRef().
  constexpr bool IsNullable() const { return (bits_ & kNullableBit) != 0; }
  // REQUIRES: IsRef().
  constexpr HeapType heap_type() const {
    HeapType result;
    result.bits_ = bits_ & ~(kKindMask | kNullableBit);
    return result;
  }
  // The same reference type with another nullability. REQUIRES: IsRef().
  constexpr ValueType WithNullable(bool nullable) const {
    return Ref(heap_type(), nullable);
  }

  // Whether a local of this type has an initial value: all but non-nullable
  // references.
  constexpr bool IsDefaultable() const { return !IsRef() || IsNullable(); }

  // The 32 bits; FromBits(t.bits()) == t. For serialisation and hashing.
  constexpr uint32_t bits() const { return bits_; }
  // Nothing if no ValueType has these bits.
  static std::optional<ValueType> FromBits(uint32_t bits);

  friend constexpr bool operator==(ValueType, ValueType) = default;

  template <typename H>
  friend H AbslHashValue(H state, ValueType type) {
    return H::combine(std::move(state), type.bits_);
  }

 private:
  static constexpr uint32_t kKindMask = 7;
  static constexpr uint32_t kNullableBit = 1u << 3;

  uint32_t bits_;
};
static_assert(sizeof(ValueType) == 4);

// What a field of a structure or the elements of an array hold.
enum class PackedType : uint8_t { kNone, kI8, kI16 };

struct StorageType {
  // The type on the operand stack: i32 for packed storage.
  ValueType value;
  PackedType packed = PackedType::kNone;

  bool IsPacked() const { return packed != PackedType::kNone; }
  friend bool operator==(const StorageType&, const StorageType&) = default;
};

struct FieldType {
  StorageType storage;
  bool is_mutable = false;

  friend bool operator==(const FieldType&, const FieldType&) = default;
};

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;

  friend bool operator==(const FuncType&, const FuncType&) = default;
};

struct StructType {
  std::vector<FieldType> fields;

  friend bool operator==(const StructType&, const StructType&) = default;
};

struct ArrayType {
  FieldType element;

  friend bool operator==(const ArrayType&, const ArrayType&) = default;
};

using CompositeType = std::variant<FuncType, StructType, ArrayType>;

// A type definition. Indices are in the space of the holder.
struct SubType {
  CompositeType composite;
  bool is_final = true;
  std::optional<uint32_t> supertype;
  // Custom descriptors: the type whose descriptor this is, and the type of
  // this type's own descriptor.
  std::optional<uint32_t> describes;
  std::optional<uint32_t> descriptor;

  // Null if the type is of another sort.
  const FuncType* func() const { return std::get_if<FuncType>(&composite); }
  const StructType* structure() const {
    return std::get_if<StructType>(&composite);
  }
  const ArrayType* array() const { return std::get_if<ArrayType>(&composite); }

  friend bool operator==(const SubType&, const SubType&) = default;
};

// Consecutive types that may refer to each other.
struct RecGroup {
  uint32_t first = 0;
  uint32_t count = 0;

  friend bool operator==(const RecGroup&, const RecGroup&) = default;
};

struct Limits {
  // Pages of a memory, elements of a table.
  uint64_t min = 0;
  std::optional<uint64_t> max;
  // Addressed by i64 (memory64, table64).
  bool is64 = false;

  ValueType AddressType() const {
    return is64 ? ValueType::I64() : ValueType::I32();
  }
  friend bool operator==(const Limits&, const Limits&) = default;
};

struct TableType {
  ValueType element;
  Limits limits;

  friend bool operator==(const TableType&, const TableType&) = default;
};

inline constexpr uint8_t kDefaultPageSizeLog2 = 16;

struct MemoryType {
  Limits limits;
  bool shared = false;
  // 0 or 16 in valid modules (custom page sizes proposal).
  uint8_t page_size_log2 = kDefaultPageSizeLog2;

  uint64_t PageSize() const { return uint64_t{1} << page_size_log2; }
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

struct GlobalType {
  ValueType value;
  bool is_mutable = false;

  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

struct TagType {
  // Index of a function type; its parameters are the exception's payload.
  uint32_t type = 0;

  friend bool operator==(const TagType&, const TagType&) = default;
};

struct FunctionExternType {
  // Index of a function type.
  uint32_t type = 0;
  // The import takes only functions of precisely this type (custom
  // descriptors).
  bool exact = false;

  friend bool operator==(const FunctionExternType&,
                         const FunctionExternType&) = default;
};

// In the order of ExternKind and of the binary format.
using ExternType = std::variant<FunctionExternType, TableType, MemoryType,
                                GlobalType, TagType>;

enum class ExternKind : uint8_t { kFunction, kTable, kMemory, kGlobal, kTag };

inline ExternKind KindOf(const ExternType& type) {
  return static_cast<ExternKind>(type.index());
}

// "func", "table", "memory", "global", "tag": the words of the text format.
absl::string_view ToString(ExternKind kind);

// Types as the text format writes them, indices as numbers: "i32",
// "(ref null 3)", "funcref", "(func (param i32) (result i64))",
// "(sub 0 (struct (field (mut i8))))", "1 2 i32", "i64 1 65536 shared".
std::string ToString(AbstractHeapType type);
std::string ToString(HeapType type);
std::string ToString(ValueType type);
std::string ToString(const StorageType& type);
std::string ToString(const FieldType& type);
std::string ToString(const FuncType& type);
std::string ToString(const CompositeType& type);
std::string ToString(const SubType& type);
std::string ToString(const Limits& limits);
std::string ToString(const TableType& type);
std::string ToString(const MemoryType& type);
std::string ToString(const GlobalType& type);
std::string ToString(const TagType& type);
std::string ToString(const ExternType& type);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_TYPES_H_
