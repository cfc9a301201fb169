// Every row of preview1.def, driven as a guest drives it.
#include "wasi/call.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

template <typename Raw>
struct Signature;
template <typename... T>
struct Signature<RawTypes<T...>> {
  static std::string Text() {
    std::string text;
    ((text += sizeof(T) == 4 ? 'i' : 'I'), ...);
    return text;
  }
};

// A call with the types erased.
struct Row {
  std::string name;
  // 'i' for i32, 'I' for i64.
  std::string signature;
  Errno (*run)(Preview1& calls, GuestMemory memory, const uint64_t* raw);
  std::string (*trace)(GuestMemory memory, const uint64_t* raw);
};

template <typename C>
Errno RunRow(Preview1& calls, GuestMemory memory, const uint64_t* raw) {
  const auto result = C::Run(calls, memory, raw);
  return result ? Errno::kSuccess : result.error();
}

template <typename C>
std::string TraceRow(absl::string_view parameters, GuestMemory memory,
                     const uint64_t* raw) {
  CallText text =
      C::TraceArguments(parameters, DescriptorNames(FdTable(8)), memory, raw);
  C::TraceOutputs(text, memory, raw, 1);
  return absl::StrJoin(text.arguments, ", ",
                       [](std::string* out, const CallText::Argument& it) {
                         absl::StrAppend(out, it.name, "=", it.text);
                       });
}

std::vector<Row> AllRows() {
  return {
#define CALL(name, Method, parameters, result)                               \
  {#name,                                                                    \
   Signature<Call<&Preview1::Method, result, void parameters>::Raw>::Text(), \
   &RunRow<Call<&Preview1::Method, result, void parameters>>,                \
   [](GuestMemory memory, const uint64_t* raw) {                             \
     return TraceRow<Call<&Preview1::Method, result, void parameters>>(      \
         #parameters, memory, raw);                                          \
   }},
#include "wasi/preview1.def"
  };
}

const Row& FindRow(const std::string& name) {
  static const std::vector<Row>& rows = *new std::vector<Row>(AllRows());
  for (const Row& row : rows) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  return rows[0];
}

class CallTest : public GuestTest {};

// Parameter types in wasi_snapshot_preview1.witx, lowered as witx says.
TEST_P(CallTest, SignaturesAreThoseOfTheSpecification) {
  const std::pair<const char*, const char*> kExpected[] = {
      {"args_get", "ii"},
      {"args_sizes_get", "ii"},
      {"environ_get", "ii"},
      {"environ_sizes_get", "ii"},
      {"clock_res_get", "ii"},
      {"clock_time_get", "iIi"},
      {"fd_advise", "iIIi"},
      {"fd_allocate", "iII"},
      {"fd_close", "i"},
      {"fd_datasync", "i"},
      {"fd_fdstat_get", "ii"},
      {"fd_fdstat_set_flags", "ii"},
      {"fd_fdstat_set_rights", "iII"},
      {"fd_filestat_get", "ii"},
      {"fd_filestat_set_size", "iI"},
      {"fd_filestat_set_times", "iIIi"},
      {"fd_pread", "iiiIi"},
      {"fd_prestat_get", "ii"},
      {"fd_prestat_dir_name", "iii"},
      {"fd_pwrite", "iiiIi"},
      {"fd_read", "iiii"},
      {"fd_readdir", "iiiIi"},
      {"fd_renumber", "ii"},
      {"fd_seek", "iIii"},
      {"fd_sync", "i"},
      {"fd_tell", "ii"},
      {"fd_write", "iiii"},
      {"path_create_directory", "iii"},
      {"path_filestat_get", "iiiii"},
      {"path_filestat_set_times", "iiiiIIi"},
      {"path_link", "iiiiiii"},
      {"path_open", "iiiiiIIii"},
      {"path_readlink", "iiiiii"},
      {"path_remove_directory", "iii"},
      {"path_rename", "iiiiii"},
      {"path_symlink", "iiiii"},
      {"path_unlink_file", "iii"},
      {"poll_oneoff", "iiii"},
      {"proc_exit", "i"},
      {"proc_raise", "i"},
      {"sched_yield", ""},
      {"random_get", "ii"},
      {"sock_accept", "iii"},
      {"sock_recv", "iiiiii"},
      {"sock_send", "iiiii"},
      {"sock_shutdown", "ii"},
  };
  const std::vector<Row> rows = AllRows();
  ASSERT_EQ(rows.size(), std::size(kExpected));
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].name, kExpected[i].first);
    EXPECT_EQ(rows[i].signature, kExpected[i].second) << rows[i].name;
  }
}

// No numbers whatever reach beyond the guest's memory, and no call crashes.
TEST_P(CallTest, EveryParameterMayBeAnything) {
  const uint64_t kEnd = GuestArena::kSize;
  const uint64_t kNumbers[] = {0,         1,          3,          4,
                               8,         kEnd - 8,   kEnd - 1,   kEnd,
                               (1 << 28), 0x7fffffff, 0x80000000, 0xffffffff};
  for (const Row& row : AllRows()) {
    if (row.name == "proc_exit") continue;
    // One parameter after the other, with the others plausible.
    for (size_t position = 0; position < row.signature.size(); ++position) {
      for (uint64_t number : kNumbers) {
        for (const uint64_t filler : {3u, 64u, 1u}) {
          // Not the host's streams, whose files could be cut.
          Start({.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1});
          GuestArena arena;
          std::vector<uint64_t> raw(row.signature.size(), filler);
          const bool is_wide = row.signature[position] == 'I';
          raw[position] = is_wide && number > kEnd ? number << 32 : number;
          raw.push_back(0);
          const Errno error = row.run(calls(), arena.memory(), raw.data());
          EXPECT_NE(ErrnoName(error), "unknown");
          (void)row.trace(arena.memory(), raw.data());
        }
      }
    }
  }
}

// Where a result would go out of bounds, nothing happens either.
TEST_P(CallTest, ResultPointersAreCheckedFirst) {
  Sandbox::WriteFile(box() / "file", "");
  GuestArena arena;
  const uint64_t path = arena.Copy("new");
  const uint64_t text = arena.Copy("text");
  arena.Write(64, GuestIovec{static_cast<uint32_t>(text), 4});
  const Fd file = MustOpen("file");
  for (const uint64_t pointer :
       {uint64_t{GuestArena::kSize}, uint64_t{GuestArena::kSize - 2},
        uint64_t{0xffffffff}, uint64_t{66}}) {
    const uint64_t open[] = {3, 0, path, 3, 1, ~uint64_t{0}, 0, 0, pointer};
    EXPECT_EQ(FindRow("path_open").run(calls(), arena.memory(), open),
              Errno::kFault);
    const uint64_t write[] = {static_cast<uint64_t>(file), 64, 1, pointer};
    EXPECT_EQ(FindRow("fd_write").run(calls(), arena.memory(), write),
              Errno::kFault);
  }
  EXPECT_FALSE(std::filesystem::exists(box() / "new"));
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "");
}

TEST_P(CallTest, ArgumentsHaveTheirNamesInTraces) {
  GuestArena arena;
  const uint64_t path = arena.Copy("a.txt");
  const uint64_t open[] = {3, 1, path, 5, 9, 2, 0, 0, 64};
  EXPECT_EQ(FindRow("path_open").trace(arena.memory(), open),
            "fd=3, dirflags=symlink_follow, path=\"a.txt\", "
            "oflags=creat|trunc, fs_rights_base=fd_read, "
            "fs_rights_inheriting=0, fdflags=0");
  const uint64_t bad[] = {3, GuestArena::kSize, 1, 64};
  EXPECT_EQ(FindRow("fd_write").trace(arena.memory(), bad),
            "fd=3, iovs=<fault 65536>");
}

using UnstableSeek =
    Call<&Preview1::FdSeek, Filesize, void(Fd, Filedelta, UnstableWhence)>;
using UnstableStat = Call<&Preview1::FdFilestatGet, UnstableFilestat, void(Fd)>;

TEST_P(CallTest, RowsOfUnstableConvert) {
  Sandbox::WriteFile(box() / "file", "0123456789");
  const auto file = static_cast<uint64_t>(MustOpen("file"));
  GuestArena arena;
  // The end is 1 there.
  const uint64_t seek[] = {file, 0, 1, 64};
  EXPECT_THAT(UnstableSeek::Run(calls(), arena.memory(), seek), Succeeds());
  EXPECT_EQ(arena.Read<uint64_t>(64), 10u);
  std::memset(arena.data() + 128, 0xa5, 64);
  const uint64_t stat[] = {file, 128};
  EXPECT_THAT(UnstableStat::Run(calls(), arena.memory(), stat), Succeeds());
  EXPECT_EQ(arena.Read<uint32_t>(128 + 20), 1u);
  EXPECT_EQ(arena.Read<uint64_t>(128 + 24), 10u);
  // 56 bytes, not 64.
  EXPECT_EQ(arena.Read<uint64_t>(128 + 56), 0xa5a5a5a5a5a5a5a5u);
}

INSTANTIATE_ONCE(CallTest);

}  // namespace
}  // namespace wasijit::wasi
