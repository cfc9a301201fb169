#include "wasi/fd_table.h"

#include <map>
#include <random>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

// A descriptor that is recognised by its inheriting rights.
Descriptor Marked(uint32_t mark, Rights rights = kFileRights) {
  Descriptor descriptor;
  descriptor.rights = rights;
  descriptor.inheriting = static_cast<Rights>(mark);
  return descriptor;
}

uint32_t MarkOf(const FdTable& table, Fd fd) {
  const Result<Descriptor*> found = table.Find(fd);
  return found ? static_cast<uint32_t>((*found)->inheriting) : 0;
}

TEST(FdTableTest, TheLowestFreeNumberIsTaken) {
  FdTable table(8);
  for (uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(table.Insert(Marked(i)), Fd{i});
  }
  EXPECT_THAT(table.Remove(Fd{3}), Succeeds());
  EXPECT_THAT(table.Remove(Fd{1}), Succeeds());
  EXPECT_EQ(table.Insert(Marked(7)), Fd{1});
  EXPECT_EQ(table.Insert(Marked(7)), Fd{3});
  EXPECT_EQ(table.Insert(Marked(7)), Fd{5});
}

TEST(FdTableTest, AFullTableSaysSo) {
  FdTable table(2);
  EXPECT_THAT(table.Insert(Marked(1)), Succeeds());
  EXPECT_THAT(table.Insert(Marked(1)), Succeeds());
  EXPECT_THAT(table.Insert(Marked(1)), FailsWith(Errno::kMfile));
  EXPECT_THAT(table.Remove(Fd{0}), Succeeds());
  EXPECT_EQ(table.Insert(Marked(1)), Fd{0});
}

TEST(FdTableTest, UnknownNumbersAreBad) {
  FdTable table(4);
  ASSERT_THAT(table.Insert(Marked(1)), Succeeds());
  for (const uint32_t number : {1u, 3u, 4u, 1u << 31, ~0u}) {
    EXPECT_THAT(table.Find(Fd{number}), FailsWith(Errno::kBadf));
    EXPECT_THAT(table.Remove(Fd{number}), FailsWith(Errno::kBadf));
    EXPECT_THAT(table.Renumber(Fd{0}, Fd{number}), FailsWith(Errno::kBadf));
    EXPECT_THAT(table.Renumber(Fd{number}, Fd{0}), FailsWith(Errno::kBadf));
  }
  EXPECT_THAT(table.Find(Fd{0}), Succeeds());
}

TEST(FdTableTest, MissingRightsAreNotACapability) {
  FdTable table(4);
  ASSERT_THAT(table.Insert(Marked(1, Rights::kFdRead)), Succeeds());
  EXPECT_THAT(table.Find(Fd{0}, Rights::kFdRead), Succeeds());
  EXPECT_THAT(table.Find(Fd{0}, Rights::kFdRead | Rights::kFdWrite),
              FailsWith(Errno::kNotcapable));
  EXPECT_THAT(table.Find(Fd{1}, Rights::kFdRead), FailsWith(Errno::kBadf));
}

TEST(FdTableTest, RenumberingClosesTheTarget) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  FdTable table(4);
  ASSERT_THAT(table.Insert(Marked(1)), Succeeds());
  Descriptor pipe = Marked(2);
  pipe.file = HostFile::Own(ends[0]);
  ASSERT_THAT(table.Insert(std::move(pipe)), Succeeds());
  EXPECT_THAT(table.Renumber(Fd{0}, Fd{1}), Succeeds());
  EXPECT_EQ(fcntl(ends[0], F_GETFD), -1);
  EXPECT_EQ(MarkOf(table, Fd{1}), 1u);
  EXPECT_THAT(table.Find(Fd{0}), FailsWith(Errno::kBadf));
  close(ends[1]);
}

TEST(FdTableTest, RenumberingToItselfChangesNothing) {
  FdTable table(4);
  ASSERT_THAT(table.Insert(Marked(5)), Succeeds());
  EXPECT_THAT(table.Renumber(Fd{0}, Fd{0}), Succeeds());
  EXPECT_EQ(MarkOf(table, Fd{0}), 5u);
}

// Random operations agree with a map from numbers to marks.
TEST(FdTableTest, BehavesLikeAMap) {
  constexpr uint32_t kLimit = 12;
  std::mt19937 random(1);
  FdTable table(kLimit);
  std::map<uint32_t, uint32_t> model;
  for (uint32_t step = 1; step < 20000; ++step) {
    const uint32_t a = random() % (kLimit + 2);
    const uint32_t b = random() % (kLimit + 2);
    switch (random() % 3) {
      case 0: {
        uint32_t free = 0;
        while (model.contains(free)) ++free;
        const Result<Fd> inserted = table.Insert(Marked(step));
        ASSERT_EQ(inserted.has_value(), free < kLimit);
        if (inserted) {
          ASSERT_EQ(*inserted, Fd{free});
          model[free] = step;
        }
        break;
      }
      case 1:
        ASSERT_EQ(table.Remove(Fd{a}).has_value(), model.erase(a) == 1);
        break;
      case 2: {
        const bool possible = model.contains(a) && model.contains(b);
        ASSERT_EQ(table.Renumber(Fd{a}, Fd{b}).has_value(), possible);
        if (possible && a != b) {
          model[b] = model[a];
          model.erase(a);
        }
        break;
      }
    }
    for (uint32_t fd = 0; fd < kLimit + 2; ++fd) {
      ASSERT_EQ(MarkOf(table, Fd{fd}), model.contains(fd) ? model[fd] : 0);
    }
  }
}

}  // namespace
}  // namespace wasijit::wasi
