#include "compiler/binary/module_decoder.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/text/module_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"
#include "test/compiler/sample_modules.h"
#include "test/compiler/small_stack.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

// Magic, version, and the given bytes.
Bytes ModuleOf(const Bytes& sections) {
  Bytes bytes = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  bytes.insert(bytes.end(), sections.begin(), sections.end());
  return bytes;
}

TEST(DecodeModule, DecodesTheEmptyModule) {
  ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(ModuleOf({})));
  EXPECT_TRUE(module.functions.empty());
  EXPECT_EQ(module.bytes->size(), 8u);
}

TEST(DecodeModule, SharesTheBytes) {
  const auto bytes = std::make_shared<const Bytes>(ModuleOf({}));
  ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(bytes));
  EXPECT_EQ(module.bytes, bytes);
}

TEST(DecodeModule, RefusesMalformedModules) {
  const struct {
    Bytes bytes;
    std::string error;
  } kCases[] = {
      {{}, "unexpected end"},
      {{0x00, 'a', 's'}, "unexpected end"},
      {{0x00, 'a', 's', 'n', 1, 0, 0, 0}, "magic header not detected"},
      {{0x00, 'a', 's', 'm', 1, 0, 0}, "unexpected end"},
      {{0x00, 'a', 's', 'm', 2, 0, 0, 0}, "unknown binary version"},
      {ModuleOf({14, 0}), "malformed section id at offset 0x8"},
      {ModuleOf({0x80, 0}), "malformed section id"},
      {ModuleOf({1}), "unexpected end"},
      {ModuleOf({1, 5, 0}), "length out of bounds"},
      {ModuleOf({0, 0}), "unexpected end"},
      {ModuleOf({0, 1, 9}), "length out of bounds"},
      // Twice, and in the wrong order.
      {ModuleOf({1, 1, 0, 1, 1, 0}), "unexpected content after last section"},
      {ModuleOf({5, 1, 0, 4, 1, 0}), "unexpected content after last section"},
      {ModuleOf({6, 1, 0, 13, 1, 0}), "unexpected content after last section"},
      // Too long and too short.
      {ModuleOf({1, 2, 0, 0}), "section size mismatch"},
      {ModuleOf({1, 2, 1, 0x60, 0, 0}), "section size mismatch"},
      {ModuleOf({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0}),
       "function and code section have inconsistent lengths: 1 and 0"},
      {ModuleOf({10, 4, 1, 2, 0, 0x0b}),
       "function and code section have inconsistent lengths: 0 and 1"},
      {ModuleOf({12, 1, 1}),
       "data count and data section have inconsistent lengths: 1 and 0"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(
        DecodeModule(c.bytes),
        StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(c.error)))
        << testing::PrintToString(c.bytes);
  }
}

TEST(DecodeModule, SaysWhichSectionIsMalformed) {
  EXPECT_THAT(DecodeModule(ModuleOf({5, 2, 1, 0x80})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "malformed limits flags at offset 0xb in the memory "
                       "section"));
}

// The body at 0x18 is malformed, and so is the section after the code.
TEST(DecodeModule, ReportsWhatIsMalformedFirst) {
  EXPECT_THAT(DecodeModule(ModuleOf({1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,  //
                                     10, 6, 1, 4, 0, 0xff, 0, 0x0b, 99})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "illegal opcode ff at offset 0x17 in function 0"));
}

TEST(DecodeModule, RefusesEveryTruncation) {
  for (const test::SampleModule& sample : test::kSampleModules) {
    ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(sample.text));
    const Bytes& bytes = *module.bytes;
    ASSERT_OK(DecodeModule(bytes, FeatureSet::All())) << sample.name;
    size_t accepted = 0;
    for (size_t size = 0; size < bytes.size(); ++size) {
      accepted += DecodeModule(Bytes(bytes.begin(), bytes.begin() + size),
                               FeatureSet::All())
                      .ok();
    }
    // Those that end between sections that nothing later depends on.
    EXPECT_LE(accepted, 13u) << sample.name;
  }
}

// A constant expression with a million nested blocks, and one with a million
// operands: malformed or not, the decoder must not recurse.
TEST(DecodeModule, DoesNotRecurse) {
  for (const Bytes& unit : {Bytes{0x02, 0x40}, Bytes{0x41, 0x00}}) {
    ByteWriter content;
    content.U32(1);
    content.Byte(0x7f);
    content.Byte(0x00);
    for (int i = 0; i < 1'000'000; ++i) content.Bytes(unit);
    content.Byte(0x0b);
    ByteWriter section;
    section.Byte(6);
    section.SizedBytes(content.bytes());
    const Bytes bytes = ModuleOf(section.bytes());
    test::RunOnSmallStack([&] {
      const bool ok = DecodeModule(bytes).ok();
      EXPECT_EQ(ok, unit[0] == 0x41);
    });
  }
}

// What every vector of the format begins with, in a section of its own or in a
// body; the count itself is left out.
struct Vector {
  const char* name;
  uint8_t section;
  Bytes before;
};

const Vector kVectors[] = {
    {"types", 1, {}},
    {"recursion group", 1, {1, 0x4e}},
    {"supertypes", 1, {1, 0x50}},
    {"final supertypes", 1, {1, 0x4f}},
    {"parameters", 1, {1, 0x60}},
    {"results", 1, {1, 0x60, 0}},
    {"fields", 1, {1, 0x5f}},
    {"imports", 2, {}},
    {"module name of an import", 2, {1}},
    {"name of an import", 2, {1, 0}},
    {"functions", 3, {}},
    {"tables", 4, {}},
    {"memories", 5, {}},
    {"globals", 6, {}},
    {"types of a select", 6, {1, 0x7f, 0, 0x1c}},
    {"labels of a br_table", 6, {1, 0x7f, 0, 0x0e}},
    {"handlers", 6, {1, 0x7f, 0, 0x1f, 0x40}},
    {"exports", 7, {}},
    {"name of an export", 7, {1}},
    {"element segments", 9, {}},
    {"functions of an element segment", 9, {1, 1, 0}},
    {"expressions of an element segment", 9, {1, 5, 0x70}},
    {"bodies", 10, {}},
    {"size of a body", 10, {1}},
    {"data segments", 11, {}},
    {"bytes of a data segment", 11, {1, 1}},
    {"tags", 13, {}},
    {"name of a custom section", 0, {}},
};

// Less than any of the counts would take, however small what is counted is.
constexpr rlim_t kLittleMemory = rlim_t{64} << 20;

// With so much more memory than the process has. Failing to allocate ends it.
void RunInLittleMemory(const std::function<void()>& body) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit limit = before;
  limit.rlim_cur = pages * static_cast<size_t>(getpagesize()) + kLittleMemory;
  if (test::kCanLimitAddressSpace) ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  body();
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
}

// Counts without what they count: no memory is reserved for it.
TEST(DecodeModule, DoesNotReserveForCountsThatCannotBe) {
  for (const Vector& vector : kVectors) {
    ByteWriter content;
    content.Bytes(vector.before);
    content.U32(UINT32_MAX);
    ByteWriter section;
    section.Byte(vector.section);
    section.SizedBytes(content.bytes());
    const Bytes bytes = ModuleOf(section.bytes());
    RunInLittleMemory([&] {
      test::RunOnSmallStack([&] {
        EXPECT_THAT(DecodeModule(bytes, FeatureSet::All()),
                    StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
            << vector.name;
      });
    });
  }
}

// Those of a section of names make it one that says nothing.
TEST(DecodeModule, DoesNotReserveForNamesThatCannotBe) {
  for (const uint8_t subsection : {0, 1, 2}) {
    ByteWriter content;
    content.U32(UINT32_MAX);
    ByteWriter section;
    section.Bytes(Bytes{4, 'n', 'a', 'm', 'e', subsection});
    section.SizedBytes(content.bytes());
    ByteWriter custom;
    custom.Byte(0);
    custom.SizedBytes(section.bytes());
    const Bytes bytes = ModuleOf(custom.bytes());
    RunInLittleMemory([&] {
      ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(bytes));
      EXPECT_EQ(module.names.functions.size(), 0u);
      EXPECT_EQ(module.LocalNames(0).size(), 0u);
    });
  }
}

}  // namespace
}  // namespace wasijit::compiler
