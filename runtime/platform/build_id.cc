#include "runtime/platform/build_id.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace wasijit {
namespace {

// Linkers place the note among the first things of a file.
constexpr size_t kBeginSize = 4096;

size_t Padded(size_t size) { return (size + 3) / 4 * 4; }

// Searches the notes of one segment.
std::optional<std::string> BuildIdIn(absl::Span<const uint8_t> notes) {
  constexpr absl::string_view kOwner("GNU\0", 4);
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    const size_t name_size = Padded(header.n_namesz);
    if (name_size > notes.size() || header.n_descsz > notes.size() - name_size)
      break;
    const auto* text = reinterpret_cast<const char*>(notes.data());
    if (header.n_type == NT_GNU_BUILD_ID &&
        absl::string_view(text, header.n_namesz) == kOwner) {
      return std::string(text + name_size, header.n_descsz);
    }
    notes.remove_prefix(
        std::min(name_size + Padded(header.n_descsz), notes.size()));
  }
  return std::nullopt;
}

std::optional<std::string> BuildIdInFile(absl::Span<const uint8_t> begin) {
  Elf64_Ehdr header;
  if (begin.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, begin.data(), sizeof(header));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64) {
    return std::nullopt;
  }
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const uint64_t place = header.e_phoff + i * sizeof(segment);
    if (header.e_phoff > begin.size() ||
        place + sizeof(segment) > begin.size()) {
      break;
    }
    std::memcpy(&segment, begin.data() + place, sizeof(segment));
    if (segment.p_type != PT_NOTE || segment.p_offset > begin.size() ||
        segment.p_filesz > begin.size() - segment.p_offset) {
      continue;
    }
    if (auto id = BuildIdIn(begin.subspan(segment.p_offset, segment.p_filesz)))
      return id;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> BuildIdOfFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  uint8_t begin[kBeginSize];
  const ssize_t size = fd < 0 ? -1 : read(fd, begin, sizeof(begin));
  const int error = errno;
  if (fd >= 0) close(fd);
  if (size < 0) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot read '", path, "'"));
  }
  std::optional<std::string> id =
      BuildIdInFile(absl::MakeConstSpan(begin, static_cast<size_t>(size)));
  if (!id) return absl::NotFoundError(absl::StrCat("no build id in ", path));
  return *std::move(id);
}

std::string BuildIdOfProgram() {
  const auto* const segments =
      reinterpret_cast<const Elf64_Phdr*>(getauxval(AT_PHDR));
  const size_t count = getauxval(AT_PHNUM);
  uintptr_t base = 0;
  for (size_t i = 0; i < count; ++i) {
    if (segments[i].p_type == PT_PHDR) {
      base = reinterpret_cast<uintptr_t>(segments) - segments[i].p_vaddr;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (segments[i].p_type != PT_NOTE) continue;
    const auto* notes =
        reinterpret_cast<const uint8_t*>(base + segments[i].p_vaddr);
    if (auto id = BuildIdIn({notes, segments[i].p_memsz})) {
      return *std::move(id);
    }
  }
  return "";
}

}  // namespace wasijit
