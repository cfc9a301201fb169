// Every function with every kind of argument that is wrong in one way.
//
// What a function does when nothing is wrong is said by kDefaults; what it says
// to each kind of descriptor, by descriptor_errors.def; everything else follows
// from the types of its parameters. Calls are made as compiled code makes them,
// but for the trap, which is Errno::kFault here.
#include <fcntl.h>
#include <sys/socket.h>

#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "test/wasi/sandbox.h"
#include "wasi/call.h"

namespace wasijit::wasi {
namespace {

// The guest's descriptors.
enum class Kind : uint8_t {
  kPipeIn = 0,
  kPipeOut = 1,
  kDevice = 2,
  kDirectory = 3,
  kReadOnlyDirectory = 4,
  kSocket = 5,
  kListener = 6,
  kFile = 7,
};
constexpr int kKinds = 8;
constexpr const char* kKindNames[kKinds] = {"pipe_in",   "pipe_out", "device",
                                            "directory", "ro_dir",   "socket",
                                            "listener",  "file"};

// The errors of a function for each kind, with all rights and without any.
struct DescriptorErrors {
  const char* with_rights;
  const char* without_rights;
};
const std::map<std::string, DescriptorErrors>& AllDescriptorErrors() {
  static const auto& errors = *new std::map<std::string, DescriptorErrors>{
#define ROW(name, parameter, with_rights, without_rights) \
  {#name "/" #parameter, {with_rights, without_rights}},
#include "test/wasi/matrix/descriptor_errors.def"
  };
  return errors;
}

// What a parameter is, as far as cases differ.
enum class Shape : uint8_t {
  kNumber,
  kRights,
  kDescriptor,
  kEnum,
  kPointer,
  kString,
  kBuffer,
  kIovecs,
  kSubscriptions,
};
struct Parameter {
  Shape shape;
  size_t raw;
  // Of what a pointer points to.
  uint32_t size = 0;
  uint32_t alignment = 1;
  // A number of an enumeration that there is not, or a flag.
  std::vector<uint64_t> undefined = {};
};

template <typename T>
Parameter Describe(size_t raw) {
  Parameter parameter = {.shape = Shape::kNumber, .raw = raw};
  if constexpr (std::is_same_v<T, Fd>) {
    parameter.shape = Shape::kDescriptor;
  } else if constexpr (std::is_same_v<T, Rights>) {
    parameter.shape = Shape::kRights;
  } else if constexpr (TableType<T>) {
    parameter.shape = Shape::kEnum;
    for (uint64_t value = 0; value < 64; ++value) {
      const uint64_t number =
          TypeInfo<T>::kIsFlags && value < 32 ? uint64_t{1} << value : value;
      if (!IsDefined<T>(number)) {
        parameter.undefined.push_back(number);
        if (parameter.undefined.size() == 3) break;
      }
    }
    parameter.undefined.push_back(0xff00);
    parameter.undefined.push_back(0xffffffff);
  } else if constexpr (std::is_same_v<T, GuestString>) {
    parameter.shape = Shape::kString;
  } else if constexpr (std::is_base_of_v<Buffer, T>) {
    parameter.shape = Shape::kBuffer;
    parameter.size = 1;
  } else if constexpr (std::is_base_of_v<Iovecs, T>) {
    parameter.shape = Shape::kIovecs;
    parameter.size = sizeof(GuestIovec);
    parameter.alignment = alignof(GuestIovec);
  } else if constexpr (std::is_base_of_v<SubscriptionArray, T>) {
    parameter.shape = Shape::kSubscriptions;
    parameter.size = std::is_same_v<T, SubscriptionArray> ? 48 : 56;
    parameter.alignment = 8;
  }
  return parameter;
}
template <typename T>
struct PointerTo;
template <typename T>
struct PointerTo<Pointer<T>> {
  using Type = T;
};
template <typename T>
concept IsPointer = requires { typename PointerTo<T>::Type; };
template <IsPointer T>
Parameter Describe(size_t raw) {
  using To = typename PointerTo<T>::Type;
  return {.shape = Shape::kPointer,
          .raw = raw,
          .size = sizeof(To),
          .alignment = alignof(To)};
}

template <typename R>
struct ResultPointers {
  static std::vector<std::pair<uint32_t, uint32_t>> Layouts() {
    return {{sizeof(R), alignof(R)}};
  }
};
template <>
struct ResultPointers<void> {
  static std::vector<std::pair<uint32_t, uint32_t>> Layouts() { return {}; }
};
template <>
struct ResultPointers<Exit> : ResultPointers<void> {};
template <typename A, typename B>
struct ResultPointers<std::pair<A, B>> {
  static std::vector<std::pair<uint32_t, uint32_t>> Layouts() {
    return {{sizeof(A), alignof(A)}, {sizeof(B), alignof(B)}};
  }
};

// A function of either version.
struct Row {
  std::string name;
  bool is_unstable;
  std::vector<Parameter> parameters;
  Errno (*run)(Preview1& calls, GuestMemory memory, const uint64_t* raw);
};

template <typename C>
Errno Run(Preview1& calls, GuestMemory memory, const uint64_t* raw) {
  const auto result = C::Run(calls, memory, raw);
  return result ? Errno::kSuccess : result.error();
}

template <auto kMethod, typename R, typename Signature>
struct RowOf;
template <auto kMethod, typename R, typename... P>
struct RowOf<kMethod, R, void(P...)> {
  static Row Make(const char* name, bool is_unstable) {
    Row row = {.name = name,
               .is_unstable = is_unstable,
               .parameters = {},
               .run = &Run<Call<kMethod, R, void(P...)>>};
    size_t raw = 0;
    (Add<P>(row, raw), ...);
    for (const auto& [size, alignment] : ResultPointers<R>::Layouts()) {
      row.parameters.push_back({.shape = Shape::kPointer,
                                .raw = raw++,
                                .size = size,
                                .alignment = alignment});
    }
    return row;
  }
  template <typename T>
  static void Add(Row& row, size_t& raw) {
    row.parameters.push_back(Describe<T>(raw));
    raw += Abi<T>::Raw::kCount;
  }
};

std::vector<Row> AllRows() {
  std::set<std::string> own;
  std::vector<Row> rows = {
#define CALL(name, Method, parameters, result)             \
  RowOf<&Preview1::Method, result, void parameters>::Make( \
      #name, /*is_unstable=*/true),
#define ABSENT(name)
#include "wasi/unstable.def"
  };
  for (const Row& row : rows) own.insert(row.name);
#define CALL(name, Method, parameters, result)                                \
  rows.push_back(                                                             \
      RowOf<&Preview1::Method, result, void parameters>::Make(#name, false)); \
  if (!own.contains(#name) && absl::string_view(#name) != "sock_accept") {    \
    rows.push_back(rows.back());                                              \
    rows.back().is_unstable = true;                                           \
  }
#include "wasi/preview1.def"
  return rows;
}

// The raw arguments with which a function succeeds: descriptors by their
// numbers, paths as text, everything else as a number. A pointer that is not
// named here points to memory that does.
struct Defaults {
  const char* name;
  std::vector<int> descriptors;
  std::vector<const char*> paths;
  // Parameters by their raw place.
  std::map<size_t, uint64_t> numbers;
};
constexpr int kFileFd = static_cast<int>(Kind::kFile);
constexpr int kDirectoryFd = static_cast<int>(Kind::kDirectory);
constexpr int kSocketFd = static_cast<int>(Kind::kSocket);

const Defaults& DefaultsOf(const std::string& name) {
  static const auto& all = *new std::vector<Defaults>{
      {"fd_allocate", {kFileFd}, {}, {{2, 1}}},
      // A file passes nothing on.
      {"fd_fdstat_set_rights", {kFileFd}, {}, {{2, 0}}},
      {"fd_readdir", {kDirectoryFd}, {}, {}},
      {"fd_prestat_get", {kDirectoryFd}, {}, {}},
      {"fd_prestat_dir_name", {kDirectoryFd}, {}, {}},
      {"fd_renumber", {kFileFd, static_cast<int>(Kind::kPipeIn)}, {}, {}},
      {"path_create_directory", {kDirectoryFd}, {"new"}, {}},
      {"path_filestat_get", {kDirectoryFd}, {"file"}, {}},
      {"path_filestat_set_times", {kDirectoryFd}, {"file"}, {}},
      {"path_link", {kDirectoryFd, kDirectoryFd}, {"file", "new"}, {}},
      {"path_open", {kDirectoryFd}, {"file"}, {}},
      {"path_readlink", {kDirectoryFd}, {"link"}, {}},
      {"path_remove_directory", {kDirectoryFd}, {"empty"}, {}},
      {"path_rename", {kDirectoryFd, kDirectoryFd}, {"file", "new"}, {}},
      {"path_symlink", {kDirectoryFd}, {"file", "new"}, {}},
      {"path_unlink_file", {kDirectoryFd}, {"file"}, {}},
      {"poll_oneoff", {}, {}, {{2, 1}}},
      {"sock_accept", {static_cast<int>(Kind::kListener)}, {}, {}},
      {"sock_recv", {kSocketFd}, {}, {}},
      {"sock_send", {kSocketFd}, {}, {}},
      {"sock_shutdown", {kSocketFd}, {}, {{1, 3}}},
      {"", {kFileFd, kFileFd}, {}, {}},
  };
  for (const Defaults& defaults : all) {
    if (defaults.name == name) return defaults;
  }
  return all.back();
}

// What functions say that do not succeed whatever they get.
Errno UsualError(const std::string& name) {
  return name == "proc_raise" ? Errno::kNotsup : Errno::kSuccess;
}

constexpr uint32_t kBufferSize = 64;
constexpr uint32_t kIovecBytes = 4;
constexpr uint64_t kEnd = GuestArena::kSize;

class CallMatrix : public GuestTest {
 protected:
  ~CallMatrix() override { CloseHostFiles(); }

  // Everything as it is before each case.
  void Prepare() {
    namespace fs = std::filesystem;
    for (const auto& entry : fs::directory_iterator(box())) {
      fs::remove_all(entry.path());
    }
    Sandbox::WriteFile(box() / "file", "0123456789");
    fs::create_directory(box() / "empty");
    fs::create_symlink("file", box() / "link");
    CloseHostFiles();
    int in[2], out[2], sockets[2];
    ASSERT_EQ(pipe2(in, O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(listen(listener, 1), 0);
    const int device = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {in[0], in[1], out[0], out[1], sockets[0], sockets[1],
                         listener, device}) {
      host_.push_back(HostFile::Own(fd));
    }
    ASSERT_EQ(write(in[1], "12345678", 8), 8);
    ASSERT_EQ(send(sockets[1], "12345678", 8, 0), 8);
    Connect(listener);
    Start({.listeners = {sockets[0], listener},
           .stdin_fd = in[0],
           .stdout_fd = out[1],
           .stderr_fd = device});
    ASSERT_EQ(Open("file"), Fd{kFileFd});
    arena_ = std::make_unique<GuestArena>();
    next_ = 4096;
  }

  // The arguments with which the row succeeds.
  std::vector<uint64_t> DefaultArguments(const Row& row) {
    const Defaults& defaults = DefaultsOf(row.name);
    std::vector<uint64_t> raw(16);
    size_t descriptor = 0;
    size_t path = 0;
    for (const Parameter& parameter : row.parameters) {
      uint64_t* const value = &raw[parameter.raw];
      switch (parameter.shape) {
        case Shape::kDescriptor:
          *value = static_cast<uint64_t>(defaults.descriptors.at(descriptor++));
          break;
        case Shape::kString: {
          const char* const text = defaults.paths.at(path++);
          value[0] = Take(64);
          value[1] = std::strlen(text);
          PutPath(value[0], text);
          break;
        }
        case Shape::kBuffer:
          value[0] = Take(kBufferSize);
          value[1] = kBufferSize;
          break;
        case Shape::kIovecs:
          value[0] = Take(64);
          value[1] = 1;
          PutIovec(value[0], Take(64), kIovecBytes);
          break;
        case Shape::kSubscriptions:
          value[0] = Take(64);
          break;
        case Shape::kPointer:
          value[0] = Take(256);
          break;
        case Shape::kRights:
          *value = static_cast<uint64_t>(Rights::kFdRead);
          break;
        case Shape::kEnum:
        case Shape::kNumber:
          break;
      }
    }
    for (const auto& [place, number] : defaults.numbers) raw[place] = number;
    return raw;
  }

  void Check(const Row& row, const std::vector<uint64_t>& raw, Errno expected,
             const std::string& what) {
    ++cases_;
    const Errno error = row.run(calls(), arena_->memory(), raw.data());
    EXPECT_EQ(error, expected)
        << (row.is_unstable ? "unstable " : "") << row.name << ": " << what;
  }

  // One case: the default arguments after `change` has been at them.
  template <typename Change>
  void Try(const Row& row, Errno expected, const std::string& what,
           Change change) {
    Prepare();
    std::vector<uint64_t> raw = DefaultArguments(row);
    change(raw);
    Check(row, raw, expected, what);
  }

  void PutPath(uint64_t address, absl::string_view text) {
    if (address + text.size() > kEnd) return;
    std::memcpy(arena_->data() + address, text.data(), text.size());
  }
  void PutIovec(uint64_t address, uint64_t buffer, uint32_t size) {
    if (address + sizeof(GuestIovec) > kEnd) return;
    arena_->Write(static_cast<uint32_t>(address),
                  GuestIovec{static_cast<uint32_t>(buffer), size});
  }

  void TryPointers(const Row& row, const Parameter& parameter);
  void TryStrings(const Row& row, const Parameter& parameter, size_t index);
  void TryBuffers(const Row& row, const Parameter& parameter);
  void TryIovecs(const Row& row, const Parameter& parameter);
  void TryEnums(const Row& row, const Parameter& parameter);
  void TryDescriptors(const Row& row, const Parameter& parameter, size_t index);

  int cases_ = 0;

 private:
  static void Connect(int listener) {
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(getsockname(listener, generic, &size), 0);
    const HostFile client =
        HostFile::Own(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.fd(), generic, size), 0);
  }

  void CloseHostFiles() { host_.clear(); }

  uint64_t Take(uint32_t size) {
    const uint64_t address = next_;
    next_ += size;
    return address;
  }

  std::vector<HostFile> host_;
  std::unique_ptr<GuestArena> arena_;
  uint64_t next_ = 4096;
};

// The error for `count` objects at an address.
Errno PointerError(uint64_t address, uint64_t count, const Parameter& p,
                   Errno otherwise) {
  if (count == 0) return otherwise;
  if (address % p.alignment != 0 || address + count * p.size > kEnd) {
    return Errno::kFault;
  }
  return otherwise;
}

std::vector<uint64_t> Addresses(uint64_t size, uint64_t alignment) {
  std::vector<uint64_t> addresses = {
      0, kEnd - size, kEnd - 1, kEnd, kEnd + 8, uint64_t{1} << 31, 0xffffffff};
  if (alignment > 1) {
    addresses.push_back(4096 + 1);
    addresses.push_back(4096 + alignment / 2);
  }
  return addresses;
}

constexpr uint64_t kCounts[] = {0, 1, uint64_t{1} << 28, 0xffffffff};

void CallMatrix::TryPointers(const Row& row, const Parameter& parameter) {
  for (const uint64_t address :
       Addresses(parameter.size, parameter.alignment)) {
    Errno expected = PointerError(address, 1, parameter, UsualError(row.name));
    // Without arguments and variables, nothing is written; only the events of
    // subscriptions and the results are.
    const bool is_unused = row.name == "args_get" || row.name == "environ_get";
    if (is_unused) expected = Errno::kSuccess;
    Try(row, expected,
        absl::StrCat("parameter ", parameter.raw, " at ", address),
        [&](std::vector<uint64_t>& raw) { raw[parameter.raw] = address; });
  }
  if (row.name != "poll_oneoff" || parameter.raw > 1) return;
  for (const uint64_t count : kCounts) {
    const Errno expected = count == 0   ? Errno::kInval
                           : count == 1 ? Errno::kSuccess
                                        : Errno::kFault;
    for (const uint64_t address : {uint64_t{0}, uint64_t{8192}}) {
      Try(row, expected, absl::StrCat(count, " of them at ", address),
          [&](std::vector<uint64_t>& raw) {
            raw[parameter.raw] = address;
            raw[2] = count;
          });
    }
  }
}

void CallMatrix::TryStrings(const Row& row, const Parameter& parameter,
                            size_t index) {
  const absl::string_view text = DefaultsOf(row.name).paths.at(index);
  for (const uint64_t address : Addresses(text.size(), 1)) {
    for (const uint64_t count :
         {uint64_t{0}, text.size(), uint64_t{1} << 28, uint64_t{0xffffffff}}) {
      const Errno otherwise = count == 0 ? Errno::kNoent : Errno::kSuccess;
      const Parameter bytes = {.shape = Shape::kString, .raw = 0, .size = 1};
      Try(row, PointerError(address, count, bytes, otherwise),
          absl::StrCat("path ", index, ", ", count, " bytes at ", address),
          [&](std::vector<uint64_t>& raw) {
            PutPath(address, text);
            raw[parameter.raw] = address;
            raw[parameter.raw + 1] = count;
          });
    }
  }
  const std::pair<std::string, Errno> kTexts[] = {
      {std::string("a\0b", 3), Errno::kInval},
      {"\xff", Errno::kIlseq},
      {"\xed\xa0\x80", Errno::kIlseq},
      {std::string(4096, 'x'), Errno::kNametoolong},
      {"/absolute", Errno::kNotcapable},
  };
  for (const auto& [path, expected] : kTexts) {
    Try(row, expected, absl::StrCat("path ", index, " is no path"),
        [&](std::vector<uint64_t>& raw) {
          PutPath(16384, path);
          raw[parameter.raw] = 16384;
          raw[parameter.raw + 1] = path.size();
        });
  }
}

void CallMatrix::TryBuffers(const Row& row, const Parameter& parameter) {
  for (const uint64_t address : Addresses(kBufferSize, 1)) {
    for (const uint64_t count : kCounts) {
      Errno otherwise = Errno::kSuccess;
      // The name is "/", one byte.
      if (row.name == "fd_prestat_dir_name" && count == 0) {
        otherwise = Errno::kNametoolong;
      }
      Try(row, PointerError(address, count, parameter, otherwise),
          absl::StrCat("buffer of ", count, " bytes at ", address),
          [&](std::vector<uint64_t>& raw) {
            raw[parameter.raw] = address;
            raw[parameter.raw + 1] = count;
          });
    }
  }
}

void CallMatrix::TryIovecs(const Row& row, const Parameter& parameter) {
  for (const uint64_t address :
       Addresses(parameter.size, parameter.alignment)) {
    for (const uint64_t count : kCounts) {
      Try(row, PointerError(address, count, parameter, Errno::kSuccess),
          absl::StrCat(count, " vectors at ", address),
          [&](std::vector<uint64_t>& raw) {
            PutIovec(address, 8192, kIovecBytes);
            raw[parameter.raw] = address;
            raw[parameter.raw + 1] = count;
          });
    }
  }
  const Parameter bytes = {.shape = Shape::kBuffer, .raw = 0, .size = 1};
  for (const uint64_t address : Addresses(kIovecBytes, 1)) {
    for (const uint64_t size :
         {uint64_t{0}, uint64_t{kIovecBytes}, uint64_t{0xffffffff}}) {
      Try(row, PointerError(address, size, bytes, Errno::kSuccess),
          absl::StrCat("a vector of ", size, " bytes at ", address),
          [&](std::vector<uint64_t>& raw) {
            PutIovec(raw[parameter.raw], address, static_cast<uint32_t>(size));
          });
    }
  }
}

void CallMatrix::TryEnums(const Row& row, const Parameter& parameter) {
  for (const uint64_t value : parameter.undefined) {
    Try(row, Errno::kInval,
        absl::StrCat("parameter ", parameter.raw, " is ", value),
        [&](std::vector<uint64_t>& raw) { raw[parameter.raw] = value; });
  }
}

std::optional<Errno> ErrnoNamed(absl::string_view name) {
  for (uint16_t number = 0; number <= 76; ++number) {
    const auto error = static_cast<Errno>(number);
    if (ErrnoName(error) == name) return error;
  }
  return name == "-" ? std::optional(Errno::kSuccess) : std::nullopt;
}

void CallMatrix::TryDescriptors(const Row& row, const Parameter& parameter,
                                size_t index) {
  for (const uint64_t closed :
       {uint64_t{77}, uint64_t{0x80000000}, uint64_t{0xffffffff}}) {
    Try(row, Errno::kBadf, absl::StrCat("closed descriptor ", closed),
        [&](std::vector<uint64_t>& raw) { raw[parameter.raw] = closed; });
  }
  const std::string key = absl::StrCat(row.name, "/", index);
  const auto errors = AllDescriptorErrors().find(key);
  ASSERT_NE(errors, AllDescriptorErrors().end()) << key;
  for (const bool has_rights : {true, false}) {
    const std::vector<std::string> names = absl::StrSplit(
        has_rights ? errors->second.with_rights : errors->second.without_rights,
        ' ', absl::SkipEmpty());
    ASSERT_EQ(names.size(), static_cast<size_t>(kKinds)) << key;
    for (int kind = 0; kind < kKinds; ++kind) {
      const std::optional<Errno> expected = ErrnoNamed(names[kind]);
      ASSERT_TRUE(expected) << key << ": " << names[kind];
      Try(row, *expected,
          absl::StrCat("descriptor ", index, " is a ", kKindNames[kind],
                       has_rights ? "" : " without rights"),
          [&](std::vector<uint64_t>& raw) {
            const Fd fd{static_cast<uint32_t>(kind)};
            raw[parameter.raw] = static_cast<uint64_t>(kind);
            if (!has_rights) {
              ASSERT_THAT(
                  calls().FdFdstatSetRights(fd, Rights::kNone, Rights::kNone),
                  Succeeds());
            }
          });
    }
  }
}

TEST_P(CallMatrix, EveryCaseHasItsResult) {
  for (const Row& row : AllRows()) {
    size_t descriptors = 0;
    size_t strings = 0;
    if (row.name == "proc_exit") continue;
    Try(row, UsualError(row.name), "nothing is wrong",
        [](std::vector<uint64_t>&) {});
    for (const Parameter& parameter : row.parameters) {
      switch (parameter.shape) {
        case Shape::kDescriptor:
          TryDescriptors(row, parameter, descriptors++);
          break;
        case Shape::kString:
          TryStrings(row, parameter, strings++);
          break;
        case Shape::kBuffer:
          TryBuffers(row, parameter);
          break;
        case Shape::kIovecs:
          TryIovecs(row, parameter);
          break;
        case Shape::kSubscriptions:
        case Shape::kPointer:
          TryPointers(row, parameter);
          break;
        case Shape::kEnum:
          TryEnums(row, parameter);
          break;
        case Shape::kNumber:
        case Shape::kRights:
          break;
      }
    }
  }
  EXPECT_GE(cases_, 1500);
  RecordProperty("cases", cases_);
  std::printf("%d cases\n", cases_);
}

INSTANTIATE_WITH_RESOLVERS(CallMatrix);

}  // namespace
}  // namespace wasijit::wasi
