#include "runtime/abi/code_image.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/runtime/image_builder.h"
#include "test/support/image_checksum.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::HasSubstr;

CodeImage SampleImage() {
  ImageBuilder builder;
  const uint32_t type = builder.Type({kI32, kI32}, {kI32});
  builder.Import("env", "f", FunctionExternType{.type = type});
  builder.Function(type, CodeFrom(wasijit_test_add), "add");
  builder.Memory(1, 5);
  builder.Data(SegmentMode::kActive, I32Const(8), "some data");
  builder.Name("sample");
  builder.FunctionName(1, "add");
  const uint32_t outer = builder.Inlined(1, 0x20);
  builder.Location(wasijit_test_begin, 1, 0x10);
  builder.Location(wasijit_test_load, 1, 0x11, builder.Inlined(0, 0x30, outer));
  CodeImage image = builder.Build();
  image.cpu_features = {"avx2", "bmi2"};
  image.bounds_checks = BoundsChecks::kExplicit;
  // Short, so that every byte of the file can be tried.
  image.text_size = 64;
  image.code.resize(64);
  image.slots.clear();
  image.functions = {{0, 32}};
  image.locations[1].pc = 40;
  return image;
}

template <typename T>
bool SameBytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() ||
          std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

TEST(CodeImageTest, ReadsWhatItWrote) {
  const CodeImage image = SampleImage();
  const std::vector<uint8_t> bytes = WriteImage(image);
  EXPECT_TRUE(HasImageMagic(bytes));
  ASSERT_OK_AND_ASSIGN(CodeImage read, ReadImage(bytes));
  EXPECT_EQ(read.instruction_set, image.instruction_set);
  EXPECT_EQ(read.bounds_checks, image.bounds_checks);
  EXPECT_EQ(read.cpu_features, image.cpu_features);
  EXPECT_EQ(read.code, image.code);
  EXPECT_EQ(read.text_size, image.text_size);
  EXPECT_TRUE(SameBytes(read.slots, image.slots));
  EXPECT_TRUE(SameBytes(read.functions, image.functions));
  EXPECT_TRUE(SameBytes(read.locations, image.locations));
  EXPECT_TRUE(SameBytes(read.inlined_calls, image.inlined_calls));
  const Module& module = *read.module;
  EXPECT_EQ(module.imports[0].name, "f");
  EXPECT_EQ(module.exports[0].name, "add");
  EXPECT_EQ(module.FunctionName(1), "add");
  EXPECT_EQ(module.Text(module.data[0].bytes), "some data");
  // Writing is deterministic.
  EXPECT_EQ(WriteImage(read), bytes);
}

TEST(CodeImageTest, SlotsAndReadOnlyDataSurvive) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_recurse));
  const CodeImage image = builder.Build();
  ASSERT_OK_AND_ASSIGN(CodeImage read, ReadImage(WriteImage(image)));
  EXPECT_TRUE(SameBytes(read.slots, image.slots));
  EXPECT_EQ(read.ReadOnlyDataOffset(), kImageSegmentAlignment);
}

TEST(CodeImageTest, EveryChangedBitIsNoticed) {
  const std::vector<uint8_t> bytes = WriteImage(SampleImage());
  ASSERT_LT(bytes.size(), 2000u);
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> changed = bytes;
      changed[i] ^= static_cast<uint8_t>(1 << bit);
      ASSERT_FALSE(ReadImage(changed).ok()) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(CodeImageTest, EveryOtherLengthIsNoticed) {
  const std::vector<uint8_t> bytes = WriteImage(SampleImage());
  for (size_t size = 0; size < bytes.size(); ++size) {
    // Of exact size, for AddressSanitizer to see a read beyond.
    const std::vector<uint8_t> shorter(bytes.begin(), bytes.begin() + size);
    ASSERT_THAT(ReadImage(shorter),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
        << size;
  }
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_THAT(ReadImage(longer),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
}

// What the header says, with a checksum that is right: what a hostile file has.
std::vector<uint8_t> Forged(std::vector<uint8_t> bytes, size_t offset,
                            uint8_t value) {
  bytes[offset] = value;
  FixImageChecksum(bytes);
  return bytes;
}

TEST(CodeImageTest, ForgedFilesNeverGiveAnInconsistentImage) {
  const std::vector<uint8_t> bytes = WriteImage(SampleImage());
  ASSERT_OK(ReadImage(Forged(bytes, 16, bytes[16])));
  size_t accepted = 0;
  for (size_t i = 16; i < bytes.size(); ++i) {
    for (const uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      const auto image = ReadImage(Forged(bytes, i, value));
      if (!image.ok()) continue;
      ++accepted;
      // A consistent image can be written and read again.
      ASSERT_OK(ReadImage(WriteImage(*image))) << i;
    }
  }
  // Names, data and code may hold anything.
  EXPECT_GT(accepted, 0u);
}

struct Inconsistency {
  const char* name;
  std::function<void(CodeImage&)> make;
  const char* message;
};

class InconsistentImageTest : public testing::TestWithParam<Inconsistency> {};

TEST_P(InconsistentImageTest, IsRefused) {
  CodeImage image = SampleImage();
  GetParam().make(image);
  EXPECT_THAT(ReadImage(WriteImage(image)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    CodeImageTest, InconsistentImageTest,
    testing::ValuesIn(std::vector<Inconsistency>{
        {"TextBeyondCode", [](CodeImage& i) { i.text_size = 65; }, "text"},
        {"DataInsideText",
         [](CodeImage& i) {
           i.code.resize(100);
           i.text_size = 64;
         },
         "text"},
        {"FunctionBeyondText", [](CodeImage& i) { i.functions[0].end = 65; },
         "function"},
        {"EmptyFunction",
         [](CodeImage& i) { i.functions[0].begin = i.functions[0].end; },
         "function"},
        {"TooFewFunctions", [](CodeImage& i) { i.functions.clear(); },
         "functions"},
        {"TooManyFunctions",
         [](CodeImage& i) { i.functions.push_back(i.functions[0]); },
         "functions"},
        {"SlotInText", [](CodeImage& i) { i.slots = {{0, Libcall::kMemcpy}}; },
         "slot"},
        {"SlotBeyondCode",
         [](CodeImage& i) {
           i.code.resize(kImageSegmentAlignment + 8);
           i.slots = {{kImageSegmentAlignment + 8, Libcall::kMemcpy}};
         },
         "slot"},
        {"MisalignedSlot",
         [](CodeImage& i) {
           i.code.resize(kImageSegmentAlignment + 16);
           i.slots = {{kImageSegmentAlignment + 4, Libcall::kMemcpy}};
         },
         "slot"},
        {"UnknownLibcall",
         [](CodeImage& i) {
           i.code.resize(kImageSegmentAlignment + 8);
           i.slots = {
               {kImageSegmentAlignment, static_cast<Libcall>(kLibcallCount)}};
         },
         "libcall"},
        {"LocationsOutOfOrder", [](CodeImage& i) { i.locations[0].pc = 41; },
         "location"},
        {"LocationBeyondText", [](CodeImage& i) { i.locations[1].pc = 64; },
         "location"},
        {"LocationOfUnknownFunction",
         [](CodeImage& i) { i.locations[0].function = 2; }, "location"},
        {"LocationInlinedNowhere",
         [](CodeImage& i) { i.locations[0].inlined_at = 2; }, "location"},
        {"InlinedCallOfUnknownFunction",
         [](CodeImage& i) { i.inlined_calls[0].function = 2; }, "inlined call"},
        {"InlinedCallsInACircle",
         [](CodeImage& i) { i.inlined_calls[0].inlined_at = 1; },
         "inlined calls"},
        {"InlinedCallInItself",
         [](CodeImage& i) { i.inlined_calls[0].inlined_at = 0; },
         "inlined calls"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(CodeImageTest, SaysWhatIsWrongWithOtherFiles) {
  const std::vector<uint8_t> wasm(200, 0);
  EXPECT_FALSE(HasImageMagic(wasm));
  EXPECT_THAT(ReadImage(wasm),
              StatusIs(absl::StatusCode::kInvalidArgument, "not a code image"));
  std::vector<uint8_t> newer = WriteImage(SampleImage());
  newer[16] = 200;
  EXPECT_THAT(ReadImage(newer), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("version 200")));
}

}  // namespace
}  // namespace wasijit::test
