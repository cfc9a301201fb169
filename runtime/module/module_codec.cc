#include "runtime/module/module_codec.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/module/byte_reader.h"
#include "runtime/module/byte_writer.h"

// The two classes mirror each other: Write and Read for every kind of thing.

namespace wasijit {
namespace {

constexpr uint8_t kHasMax = 1;
constexpr uint8_t kIs64 = 2;
constexpr uint8_t kIsFinal = 1;
constexpr uint8_t kSortShift = 1;

class ModuleWriter {
 public:
  explicit ModuleWriter(const Module& module) : module_(module) {}

  std::vector<uint8_t> Write() && {
    writer_.U64(module_.features_used);
    Write(module_.rec_groups);
    Write(module_.imports);
    Write(OwnOf(module_.functions, module_.num_imported_functions));
    Write(OwnOf(module_.tables, module_.num_imported_tables));
    Write(OwnOf(module_.memories, module_.num_imported_memories));
    Write(OwnOf(module_.globals, module_.num_imported_globals));
    Write(OwnOf(module_.tags, module_.num_imported_tags));
    Write(module_.exports);
    Write(module_.start);
    Write(module_.elements);
    Write(module_.data);
    Write(module_.data_count);
    Write(module_.names.module.has_value());
    Write(module_.names.module.value_or(ByteRange()));
    Write(module_.names.functions);
    return writer_.Take();
  }

 private:
  template <typename T>
  static absl::Span<const T> OwnOf(const std::vector<T>& all,
                                   uint32_t imported) {
    return absl::MakeConstSpan(all).subspan(imported);
  }
  template <typename T>
  void Write(const std::vector<T>& list) {
    Write(absl::MakeConstSpan(list));
  }
  template <typename T>
  void Write(absl::Span<const T> list) {
    Write(static_cast<uint32_t>(list.size()));
    for (const T& item : list) Write(item);
  }
  void Write(bool flag) { writer_.Byte(flag); }
  void Write(uint32_t number) { writer_.U32(number); }
  void Write(const std::optional<uint32_t>& number) {
    Write(number.has_value());
    if (number) Write(*number);
  }
  void Write(ByteRange range) { writer_.SizedBytes(module_.Bytes(range)); }
  void Write(ConstExpr expression) { Write(expression.bytes); }

  void Write(ValueType type) { Write(type.bits()); }
  void Write(const FieldType& field) {
    writer_.Byte(static_cast<uint8_t>(field.storage.packed));
    Write(field.storage.value);
    Write(field.is_mutable);
  }
  void Write(const FuncType& type) {
    Write(type.params);
    Write(type.results);
  }
  void Write(const StructType& type) { Write(type.fields); }
  void Write(const ArrayType& type) { Write(type.element); }
  void Write(const SubType& type) {
    writer_.Byte(static_cast<uint8_t>(type.composite.index() << kSortShift |
                                      (type.is_final ? kIsFinal : 0)));
    Write(type.supertype);
    Write(type.describes);
    Write(type.descriptor);
    std::visit([this](const auto& composite) { Write(composite); },
               type.composite);
  }
  void Write(const RecGroup& group) {
    Write(absl::MakeConstSpan(module_.types).subspan(group.first, group.count));
  }

  void Write(const Limits& limits) {
    writer_.Byte((limits.max ? kHasMax : 0) | (limits.is64 ? kIs64 : 0));
    writer_.U64(limits.min);
    if (limits.max) writer_.U64(*limits.max);
  }
  void Write(const FunctionExternType& type) {
    Write(type.type);
    Write(type.exact);
  }
  void Write(const TableType& type) {
    Write(type.element);
    Write(type.limits);
  }
  void Write(const MemoryType& type) {
    Write(type.limits);
    Write(type.shared);
    writer_.Byte(type.page_size_log2);
  }
  void Write(const GlobalType& type) {
    Write(type.value);
    Write(type.is_mutable);
  }
  void Write(const TagType& type) { Write(type.type); }

  void Write(const Import& import) {
    writer_.Name(import.module);
    writer_.Name(import.name);
    writer_.Byte(static_cast<uint8_t>(KindOf(import.type)));
    std::visit([this](const auto& type) { Write(type); }, import.type);
  }
  void Write(const ModuleFunction& function) { Write(function.type); }
  void Write(const ModuleTable& table) {
    Write(table.type);
    Write(table.init);
  }
  void Write(const ModuleGlobal& global) {
    Write(global.type);
    Write(global.init);
  }
  void Write(const Export& exported) {
    writer_.Name(exported.name);
    writer_.Byte(static_cast<uint8_t>(exported.kind));
    Write(exported.index);
  }
  void Write(const ElementSegment& segment) {
    writer_.Byte(static_cast<uint8_t>(segment.mode));
    Write(segment.table);
    Write(segment.offset);
    Write(segment.type);
    writer_.Byte(static_cast<uint8_t>(segment.items.index()));
    std::visit([this](const auto& items) { Write(items); }, segment.items);
  }
  void Write(const DataSegment& segment) {
    writer_.Byte(static_cast<uint8_t>(segment.mode));
    Write(segment.memory);
    Write(segment.offset);
    Write(segment.bytes);
  }
  void Write(const NameAssociation& association) {
    Write(association.index);
    Write(association.name);
  }

  const Module& module_;
  ByteWriter writer_;
};

class ModuleReader {
 public:
  ModuleReader(std::shared_ptr<const std::vector<uint8_t>> file,
               ByteRange range)
      : reader_(absl::MakeConstSpan(*file).subspan(range.offset, range.size),
                range.offset) {
    module_.bytes = std::move(file);
  }

  absl::StatusOr<Module> Read() && {
    module_.features_used = reader_.U64();
    Read(module_.rec_groups);
    Read(module_.imports);
    CountImports();
    Read(module_.functions);
    Read(module_.tables);
    Read(module_.memories);
    Read(module_.globals);
    Read(module_.tags);
    Read(module_.exports);
    Read(module_.start);
    Read(module_.elements);
    Read(module_.data);
    Read(module_.data_count);
    ReadNames();
    CheckIndices();
    if (!reader_.AtEnd()) reader_.Fail("unexpected content after the module");
    if (!reader_.ok()) return Error();
    return std::move(module_);
  }

 private:
  absl::Status Error() const {
    return absl::InvalidArgumentError(
        absl::StrFormat("damaged code image: %s at offset 0x%x",
                        reader_.error(), reader_.error_offset()));
  }

  void Check(bool condition, const char* message) {
    if (!condition) reader_.Fail(message);
  }
  void CheckIndex(uint32_t index, size_t size, const char* message) {
    Check(index < size, message);
  }

  // Appends to what imports have put there.
  template <typename T>
  void Read(std::vector<T>& list) {
    const uint32_t count = reader_.Count();
    for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
      T item;
      Read(item);
      list.push_back(std::move(item));
    }
  }
  template <typename Enum>
  Enum ReadEnum(Enum last) {
    const uint8_t value = reader_.Byte();
    if (value > static_cast<uint8_t>(last)) reader_.Fail("unknown kind");
    return reader_.ok() ? static_cast<Enum>(value) : Enum();
  }
  void Read(bool& flag) {
    const uint8_t byte = reader_.Byte();
    Check(byte <= 1, "malformed flag");
    flag = byte == 1;
  }
  void Read(uint32_t& number) { number = reader_.U32(); }
  void Read(std::optional<uint32_t>& number) {
    bool present = false;
    Read(present);
    if (present) number = reader_.U32();
  }
  void Read(ByteRange& range) {
    const uint32_t size = reader_.Count();
    range = {reader_.offset(), size};
    reader_.Bytes(size);
  }
  void Read(ConstExpr& expression) { Read(expression.bytes); }
  void Read(std::string& name) {
    ByteRange range;
    Read(range);
    if (reader_.ok()) name = std::string(module_.Text(range));
  }

  // Type indices may be up to the end of the current recursion group, which
  // the module does not have yet; so they are checked when it has.
  void CheckTypeIndex(uint32_t index) {
    max_index_ = std::max(max_index_, index);
  }
  void Read(ValueType& type) {
    const std::optional<ValueType> read = ValueType::FromBits(reader_.U32());
    Check(read.has_value() && !read->IsBottom(), "malformed value type");
    if (!read) return;
    type = *read;
    if (type.IsRef() && type.heap_type().IsConcrete()) {
      CheckTypeIndex(type.heap_type().type_index());
    }
    Check(!type.IsRef() || !type.heap_type().Is(AbstractHeapType::kBottom),
          "malformed value type");
  }
  void Read(FieldType& field) {
    field.storage.packed = ReadEnum(PackedType::kI16);
    Read(field.storage.value);
    Check(!field.storage.IsPacked() || field.storage.value == ValueType::I32(),
          "malformed field type");
    Read(field.is_mutable);
  }
  void Read(FuncType& type) {
    Read(type.params);
    Read(type.results);
  }
  void Read(StructType& type) { Read(type.fields); }
  void Read(ArrayType& type) { Read(type.element); }
  void Read(SubType& type) {
    const uint8_t head = reader_.Byte();
    type.is_final = (head & kIsFinal) != 0;
    Read(type.supertype);
    Read(type.describes);
    Read(type.descriptor);
    CheckTypeIndex(type.describes.value_or(0));
    CheckTypeIndex(type.descriptor.value_or(0));
    switch (head >> kSortShift) {
      case 0:
        Read(type.composite.emplace<FuncType>());
        break;
      case 1:
        Read(type.composite.emplace<StructType>());
        break;
      case 2:
        Read(type.composite.emplace<ArrayType>());
        break;
      default:
        reader_.Fail("unknown sort of type");
    }
  }
  void Read(RecGroup& group) {
    group.first = static_cast<uint32_t>(module_.types.size());
    Read(module_.types);
    const auto end = static_cast<uint32_t>(module_.types.size());
    group.count = end - group.first;
    CheckTypes();
    for (uint32_t i = group.first; i < end; ++i) {
      const std::optional<uint32_t> supertype = module_.types[i].supertype;
      Check(!supertype || *supertype < i, "supertype is declared later");
    }
  }
  // That the type indices read since the last call exist.
  void CheckTypes() {
    Check(max_index_ == 0 || max_index_ < module_.types.size(), "unknown type");
    max_index_ = 0;
  }
  void CheckFunctionType(uint32_t index) {
    Check(
        index < module_.types.size() && module_.types[index].func() != nullptr,
        "unknown function type");
  }

  void Read(Limits& limits) {
    const uint8_t flags = reader_.Byte();
    Check(flags <= (kHasMax | kIs64), "malformed limits");
    limits.is64 = (flags & kIs64) != 0;
    limits.min = reader_.U64();
    if ((flags & kHasMax) != 0) limits.max = reader_.U64();
  }
  void Read(FunctionExternType& type) {
    Read(type.type);
    Read(type.exact);
    CheckFunctionType(type.type);
  }
  void Read(TableType& type) {
    Read(type.element);
    Read(type.limits);
    Check(type.element.IsRef(), "malformed table type");
  }
  void Read(MemoryType& type) {
    Read(type.limits);
    Read(type.shared);
    type.page_size_log2 = reader_.Byte();
    Check(
        type.page_size_log2 == 0 || type.page_size_log2 == kDefaultPageSizeLog2,
        "malformed page size");
  }
  void Read(GlobalType& type) {
    Read(type.value);
    Read(type.is_mutable);
  }
  void Read(TagType& type) {
    Read(type.type);
    CheckFunctionType(type.type);
  }

  template <typename T>
  void ReadImported(Import& import, std::vector<T>& space) {
    auto& type = import.type.emplace<T>();
    Read(type);
    space.push_back(type);
  }
  void Read(Import& import) {
    Read(import.module);
    Read(import.name);
    switch (ReadEnum(ExternKind::kTag)) {
      case ExternKind::kFunction: {
        FunctionExternType type;
        Read(type);
        import.type = type;
        module_.functions.push_back({type.type, {}});
        break;
      }
      case ExternKind::kTable: {
        TableType type;
        Read(type);
        import.type = type;
        module_.tables.push_back({type, {}});
        break;
      }
      case ExternKind::kMemory:
        ReadImported(import, module_.memories);
        break;
      case ExternKind::kGlobal: {
        GlobalType type;
        Read(type);
        import.type = type;
        module_.globals.push_back({type, {}});
        break;
      }
      case ExternKind::kTag:
        ReadImported(import, module_.tags);
        break;
    }
  }
  void CountImports() {
    module_.num_imported_functions =
        static_cast<uint32_t>(module_.functions.size());
    module_.num_imported_tables = static_cast<uint32_t>(module_.tables.size());
    module_.num_imported_memories =
        static_cast<uint32_t>(module_.memories.size());
    module_.num_imported_globals =
        static_cast<uint32_t>(module_.globals.size());
    module_.num_imported_tags = static_cast<uint32_t>(module_.tags.size());
  }

  void Read(ModuleFunction& function) {
    Read(function.type);
    CheckFunctionType(function.type);
  }
  void Read(ModuleTable& table) {
    Read(table.type);
    Read(table.init);
  }
  void Read(ModuleGlobal& global) {
    Read(global.type);
    Read(global.init);
    Check(!global.init.IsEmpty(), "global without value");
  }
  void Read(Export& exported) {
    Read(exported.name);
    exported.kind = ReadEnum(ExternKind::kTag);
    Read(exported.index);
    const size_t sizes[] = {module_.functions.size(), module_.tables.size(),
                            module_.memories.size(), module_.globals.size(),
                            module_.tags.size()};
    CheckIndex(exported.index, sizes[static_cast<size_t>(exported.kind)],
               "unknown export");
  }
  void Read(ElementSegment& segment) {
    segment.mode = ReadEnum(SegmentMode::kDeclarative);
    Read(segment.table);
    Read(segment.offset);
    Read(segment.type);
    Check(segment.type.IsRef(), "malformed element type");
    if (segment.mode == SegmentMode::kActive) {
      CheckIndex(segment.table, module_.tables.size(), "unknown table");
      Check(!segment.offset.IsEmpty(), "active segment without offset");
    }
    bool expressions = false;
    Read(expressions);
    if (expressions) {
      Read(segment.items.emplace<std::vector<ConstExpr>>());
      return;
    }
    auto& functions = segment.items.emplace<std::vector<uint32_t>>();
    Read(functions);
    for (uint32_t function : functions) {
      CheckIndex(function, module_.functions.size(), "unknown function");
    }
  }
  void Read(DataSegment& segment) {
    segment.mode = ReadEnum(SegmentMode::kPassive);
    Read(segment.memory);
    Read(segment.offset);
    Read(segment.bytes);
    if (segment.mode == SegmentMode::kActive) {
      CheckIndex(segment.memory, module_.memories.size(), "unknown memory");
      Check(!segment.offset.IsEmpty(), "active segment without offset");
    }
  }
  void Read(NameAssociation& association) {
    Read(association.index);
    Read(association.name);
  }
  void ReadNames() {
    bool present = false;
    ByteRange name;
    Read(present);
    Read(name);
    if (present) module_.names.module = name;
    Read(module_.names.functions);
    const auto& names = module_.names.functions;
    const auto descent = std::adjacent_find(
        names.begin(), names.end(),
        [](const auto& a, const auto& b) { return a.index >= b.index; });
    Check(descent == names.end(), "names are not sorted");
  }
  void CheckIndices() {
    CheckTypes();
    if (module_.start) {
      CheckIndex(*module_.start, module_.functions.size(), "unknown function");
    }
  }

  ByteReader reader_;
  Module module_;
  uint32_t max_index_ = 0;
};

}  // namespace

std::vector<uint8_t> EncodeModule(const Module& module) {
  return ModuleWriter(module).Write();
}

absl::StatusOr<Module> DecodeModule(
    std::shared_ptr<const std::vector<uint8_t>> file, ByteRange range) {
  return ModuleReader(std::move(file), range).Read();
}

}  // namespace wasijit
