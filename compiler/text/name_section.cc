#include "compiler/text/name_section.h"

#include <algorithm>

#include "runtime/module/byte_reader.h"

namespace wasijit::compiler {
namespace {

// Subsection ids, and the maps behind them.
constexpr uint8_t kModuleId = 0;

struct MapSubsection {
  uint8_t id;
  NameMap NameSection::* map;
};
constexpr MapSubsection kMaps[] = {
    {1, &NameSection::functions}, {4, &NameSection::types},
    {5, &NameSection::tables},    {6, &NameSection::memories},
    {7, &NameSection::globals},   {8, &NameSection::elements},
    {9, &NameSection::data},      {11, &NameSection::tags},
};

struct IndirectSubsection {
  uint8_t id;
  IndirectNameMap NameSection::* map;
};
constexpr IndirectSubsection kIndirectMaps[] = {
    {2, &NameSection::locals},
    {3, &NameSection::labels},
    {10, &NameSection::fields},
};
constexpr uint8_t kLastId = 11;

template <typename Map>
auto FindIndex(const Map& map, uint32_t index) {
  auto found = std::lower_bound(
      map.begin(), map.end(), index,
      [](const auto& entry, uint32_t wanted) { return entry.first < wanted; });
  return found != map.end() && found->first == index ? found : map.end();
}

void WriteMap(const NameMap& map, ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(map.size()));
  for (const auto& [index, name] : map) {
    writer.U32(index);
    writer.Name(name);
  }
}

void WriteMap(const IndirectNameMap& maps, ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(maps.size()));
  for (const auto& [index, map] : maps) {
    writer.U32(index);
    WriteMap(map, writer);
  }
}

void ReadMap(ByteReader& reader, NameMap& map) {
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t index = reader.U32();
    const absl::string_view name = reader.Name();
    if (!map.empty() && map.back().first >= index) {
      return reader.Fail("names out of order");
    }
    map.emplace_back(index, std::string(name));
  }
}

void ReadMap(ByteReader& reader, IndirectNameMap& maps) {
  const uint32_t count = reader.Count();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t index = reader.U32();
    if (!maps.empty() && maps.back().first >= index) {
      return reader.Fail("names out of order");
    }
    ReadMap(reader, maps.emplace_back(index, NameMap()).second);
  }
}

template <typename Map>
void WriteSubsection(uint8_t id, const Map& map, ByteWriter& writer) {
  if (map.empty()) return;
  ByteWriter content;
  WriteMap(map, content);
  writer.Byte(id);
  writer.SizedBytes(content.bytes());
}

void ReadSubsection(uint8_t id, ByteReader& reader, NameSection& names) {
  if (id == kModuleId) {
    names.module = std::string(reader.Name());
    return;
  }
  for (const MapSubsection& subsection : kMaps) {
    if (subsection.id == id) return ReadMap(reader, names.*subsection.map);
  }
  for (const IndirectSubsection& subsection : kIndirectMaps) {
    if (subsection.id == id) return ReadMap(reader, names.*subsection.map);
  }
  reader.Bytes(reader.remaining());
}

}  // namespace

absl::string_view FindName(const NameMap& names, uint32_t index) {
  const auto found = FindIndex(names, index);
  return found == names.end() ? absl::string_view() : found->second;
}

const NameMap* FindNames(const IndirectNameMap& names, uint32_t index) {
  const auto found = FindIndex(names, index);
  return found == names.end() ? nullptr : &found->second;
}

bool NameSection::IsEmpty() const { return *this == NameSection(); }

void WriteNameSection(const NameSection& names, ByteWriter& writer) {
  if (names.module.has_value()) {
    ByteWriter content;
    content.Name(*names.module);
    writer.Byte(kModuleId);
    writer.SizedBytes(content.bytes());
  }
  for (uint8_t id = kModuleId + 1; id <= kLastId; ++id) {
    for (const MapSubsection& subsection : kMaps) {
      if (subsection.id == id) {
        WriteSubsection(id, names.*subsection.map, writer);
      }
    }
    for (const IndirectSubsection& subsection : kIndirectMaps) {
      if (subsection.id == id) {
        WriteSubsection(id, names.*subsection.map, writer);
      }
    }
  }
}

absl::StatusOr<NameSection> ReadNameSection(absl::Span<const uint8_t> content) {
  NameSection names;
  ByteReader reader(content);
  while (reader.ok() && !reader.AtEnd()) {
    const uint8_t id = reader.Byte();
    ByteReader subsection = reader.Sub(reader.U32());
    ReadSubsection(id, subsection, names);
    if (!subsection.ok()) return subsection.status();
    if (!subsection.AtEnd()) reader.Fail("subsection size mismatch");
  }
  if (!reader.ok()) return reader.status();
  return names;
}

}  // namespace wasijit::compiler
