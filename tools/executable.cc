#include "tools/executable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wasijit::tools {
namespace {

// The file: runtime, image, options (each with a NUL behind), this.
struct Footer {
  uint64_t image_size;
  uint64_t options_size;
  char magic[8];
};
static_assert(sizeof(Footer) == 24, "no padding");
constexpr char kMagic[] = {'w', 'j', 'e', 'x', 'e', '\0', '\r', '\n'};

bool ReadAt(int fd, uint64_t offset, void* bytes, size_t size) {
  auto* position = static_cast<uint8_t*>(bytes);
  while (size > 0) {
    const ssize_t count = pread(fd, position, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    position += count;
    offset += static_cast<size_t>(count);
    size -= static_cast<size_t>(count);
  }
  return true;
}

void Append(std::vector<uint8_t>& bytes, absl::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

}  // namespace

std::vector<uint8_t> WriteExecutable(std::vector<uint8_t> runtime,
                                     const EmbeddedProgram& program) {
  std::vector<uint8_t> bytes = std::move(runtime);
  bytes.insert(bytes.end(), program.image.begin(), program.image.end());
  Footer footer = {};
  footer.image_size = program.image.size();
  for (const std::string& option : program.options) {
    Append(bytes, option);
    bytes.push_back(0);
    footer.options_size += option.size() + 1;
  }
  std::copy(std::begin(kMagic), std::end(kMagic), footer.magic);
  Append(bytes, {reinterpret_cast<const char*>(&footer), sizeof(footer)});
  return bytes;
}

absl::StatusOr<EmbeddedProgram> ReadEmbeddedProgram(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open '", path, "'"));
  }
  const absl::Cleanup close_file = [fd] { close(fd); };
  struct stat status;
  Footer footer;
  if (fstat(fd, &status) != 0 ||
      status.st_size < static_cast<off_t>(sizeof(footer))) {
    return absl::NotFoundError("this executable holds no program");
  }
  const uint64_t end = static_cast<uint64_t>(status.st_size) - sizeof(footer);
  if (!ReadAt(fd, end, &footer, sizeof(footer)) ||
      !std::equal(std::begin(kMagic), std::end(kMagic), footer.magic)) {
    return absl::NotFoundError("this executable holds no program");
  }
  if (footer.image_size > end ||
      footer.options_size > end - footer.image_size) {
    return absl::InvalidArgumentError("this executable is damaged");
  }
  EmbeddedProgram program;
  program.image.resize(footer.image_size);
  std::string options(footer.options_size, '\0');
  const uint64_t options_begin = end - footer.options_size;
  if (!ReadAt(fd, options_begin - footer.image_size, program.image.data(),
              program.image.size()) ||
      !ReadAt(fd, options_begin, options.data(), options.size()) ||
      (!options.empty() && options.back() != '\0')) {
    return absl::InvalidArgumentError("this executable is damaged");
  }
  if (!options.empty()) {
    options.pop_back();
    program.options = absl::StrSplit(options, '\0');
  }
  return program;
}

}  // namespace wasijit::tools
