// What tests of WASI calls stand on: guest memory without a guest, and a
// directory tree of which the guest may only see a part.
#ifndef WASIJIT_TEST_WASI_SANDBOX_H_
#define WASIJIT_TEST_WASI_SANDBOX_H_

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "wasi/context.h"
#include "wasi/guest_memory.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {

// For readable failures.
inline void PrintTo(Errno error, std::ostream* out) {
  *out << std::string(ErrnoName(error));
}

MATCHER(Succeeds, "") {
  if (!arg.has_value()) {
    *result_listener << "fails with " << std::string(ErrnoName(arg.error()));
  }
  return arg.has_value();
}

MATCHER_P(FailsWith, expected, std::string(ErrnoName(expected))) {
  if (arg.has_value()) {
    *result_listener << "succeeds";
    return false;
  }
  *result_listener << "fails with " << std::string(ErrnoName(arg.error()));
  return arg.error() == expected;
}

// 64 KiB of guest memory, handed out piece by piece.
class GuestArena {
 public:
  static constexpr uint32_t kSize = 65536;

  GuestMemory memory() {
    return GuestMemory(reinterpret_cast<uint8_t*>(words_.data()), kSize);
  }
  uint8_t* data() { return reinterpret_cast<uint8_t*>(words_.data()); }

  uint32_t Allocate(uint32_t size) {
    const uint32_t address = next_;
    next_ += (size + 7) / 8 * 8;
    EXPECT_LE(next_, kSize);
    return address;
  }

  uint32_t Copy(absl::string_view text) {
    const uint32_t address = Allocate(text.size());
    std::memcpy(data() + address, text.data(), text.size());
    return address;
  }

  GuestString String(absl::string_view text) {
    const uint32_t address = Copy(text);
    return {{reinterpret_cast<char*>(data() + address), text.size()}};
  }

  Buffer NewBuffer(uint32_t size) {
    const uint32_t address = Allocate(size);
    return {{data() + address, size}};
  }

  // A list of buffers with the given sizes, all zero.
  Iovecs NewIovecs(const std::vector<uint32_t>& sizes) {
    std::vector<GuestIovec> list;
    for (const uint32_t size : sizes) list.push_back({Allocate(size), size});
    return Read(list);
  }

  Ciovecs NewCiovecs(const std::vector<std::string>& texts) {
    std::vector<GuestIovec> list;
    for (const std::string& text : texts) {
      list.push_back({Copy(text), static_cast<uint32_t>(text.size())});
    }
    return Ciovecs{Read(list)};
  }

  // What the list's first `size` bytes are.
  static std::string Text(const Iovecs& iovecs, uint64_t size) {
    std::string text;
    for (int i = 0; i < iovecs.size(); ++i) {
      const iovec& entry = iovecs.data()[i];
      text.append(static_cast<const char*>(entry.iov_base), entry.iov_len);
    }
    return text.substr(0, size);
  }

  template <typename T>
  T Read(uint32_t address) {
    T value;
    std::memcpy(&value, data() + address, sizeof(T));
    return value;
  }

  template <typename T>
  void Write(uint32_t address, const T& value) {
    std::memcpy(data() + address, &value, sizeof(T));
  }

 private:
  Iovecs Read(const std::vector<GuestIovec>& list) {
    const uint32_t address = Allocate(list.size() * sizeof(GuestIovec));
    std::memcpy(data() + address, list.data(),
                list.size() * sizeof(GuestIovec));
    Result<Iovecs> iovecs = Iovecs::Read(memory(), address, list.size());
    EXPECT_TRUE(iovecs.has_value());
    return iovecs.value_or(Iovecs());
  }

  std::vector<uint64_t> words_ = std::vector<uint64_t>(kSize / 8);
  uint32_t next_ = 8;
};

// A temporary directory with a directory "box" for the guest and, beside it,
// "outside", which no guest may touch.
class Sandbox {
 public:
  Sandbox() {
    std::string pattern = testing::TempDir() + "/wasi_XXXXXX";
    root_ = mkdtemp(pattern.data());
    std::filesystem::create_directories(box());
    std::filesystem::create_directories(outside());
    WriteFile(outside() / "canary", "untouched");
  }
  ~Sandbox() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  std::filesystem::path box() const { return root_ / "box"; }
  std::filesystem::path outside() const { return root_ / "outside"; }

  static void WriteFile(const std::filesystem::path& path,
                        absl::string_view text) {
    std::ofstream(path) << std::string(text);
  }
  static std::string ReadFile(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path root_;
};

// The calls of a guest to which the box is preopened as "/", descriptor 3, and
// once more, read-only, as descriptor 4.
class GuestTest : public testing::TestWithParam<PathResolver::Method> {
 protected:
  static constexpr Fd kStdin = Fd{0};
  static constexpr Fd kStdout = Fd{1};
  static constexpr Fd kStderr = Fd{2};
  static constexpr Fd kBox = Fd{3};
  static constexpr Fd kReadOnlyBox = Fd{4};
  static constexpr Fd kUnused = Fd{77};

  // Tests that need other options call it again.
  void Start(ContextOptions options = {}) {
    options.preopens.push_back({.guest = "/", .host = sandbox_.box()});
    options.preopens.push_back(
        {.guest = "/read_only", .host = sandbox_.box(), .read_only = true});
    options.resolution = GetParam();
    auto context = Context::Create(options);
    ASSERT_TRUE(context.ok()) << context.status();
    calls_ = std::make_unique<Preview1>(*std::move(context));
  }

  void SetUp() override { Start(); }

  Preview1& calls() { return *calls_; }
  GuestArena& guest() { return arena_; }
  GuestString String(absl::string_view text) { return arena_.String(text); }
  std::filesystem::path box() const { return sandbox_.box(); }
  std::filesystem::path outside() const { return sandbox_.outside(); }

  // Opens a file of the box.
  Result<Fd> Open(absl::string_view path, Rights rights = kFileRights,
                  Oflags oflags = Oflags::kNone,
                  Fdflags fdflags = Fdflags::kNone,
                  Lookupflags lookup = Lookupflags::kSymlinkFollow,
                  Fd directory = kBox) {
    return calls().PathOpen(directory, lookup, String(path), oflags, rights,
                            Rights::kNone, fdflags);
  }
  // Opens an existing or new file of the box, which must succeed.
  Fd MustOpen(absl::string_view path, Rights rights = kFileRights,
              Oflags oflags = Oflags::kNone, Fdflags fdflags = Fdflags::kNone) {
    const Result<Fd> fd = Open(path, rights, oflags, fdflags);
    EXPECT_THAT(fd, Succeeds()) << path;
    return fd.value_or(kUnused);
  }

  // Everything that `read` gives for a list of buffers.
  std::string ReadText(Fd fd, std::vector<uint32_t> sizes = {4096}) {
    const Iovecs iovecs = arena_.NewIovecs(sizes);
    const Result<Size> size = calls().FdRead(fd, iovecs);
    EXPECT_THAT(size, Succeeds());
    return GuestArena::Text(iovecs, size.value_or(0));
  }
  Result<Size> WriteText(Fd fd, std::vector<std::string> texts) {
    return calls().FdWrite(fd, arena_.NewCiovecs(texts));
  }

 private:
  Sandbox sandbox_;
  GuestArena arena_;
  std::unique_ptr<Preview1> calls_;
};

inline std::string MethodName(
    const testing::TestParamInfo<PathResolver::Method>& info) {
  return info.param == PathResolver::Method::kOpenat2 ? "Openat2" : "Walk";
}

// Every test of calls that take paths runs with both methods.
#define INSTANTIATE_WITH_RESOLVERS(suite)                                  \
  INSTANTIATE_TEST_SUITE_P(Resolvers, suite,                               \
                           testing::Values(PathResolver::Method::kOpenat2, \
                                           PathResolver::Method::kWalk),   \
                           MethodName)
// Calls without paths need one only.
#define INSTANTIATE_ONCE(suite)                                              \
  INSTANTIATE_TEST_SUITE_P(Calls, suite,                                     \
                           testing::Values(PathResolver::PreferredMethod()), \
                           MethodName)

}  // namespace wasijit::wasi

#endif  // WASIJIT_TEST_WASI_SANDBOX_H_
