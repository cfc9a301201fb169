#include "runtime/abi/libcalls.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/platform/activation.h"
#include "runtime/table.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;

// The bodies, called from here as compiled code calls them. On a thread that
// has never run WebAssembly there is no stack limit that they could hit.
class LibcallsTest : public RuntimeTest {
 protected:
  LibcallsTest() {
    builder_.Memory(1, 3);
    const uint32_t type = builder_.Type({}, {});
    builder_.Function(type, TrapCode(TrapKind::kUnreachable), "f");
    builder_.Function(type, TrapCode(TrapKind::kUnreachable), "g");
    builder_.Table(4, 6);
    builder_.Table(4, 6, ValueType::ExternRef());
    builder_.Data(SegmentMode::kPassive, {}, "0123456789");
    builder_.Elements(SegmentMode::kPassive, {}, {0, 1, 0});
    builder_.Function(builder_.Type({kI64, kI32, kI64}, {kI64}),
                      CodeFrom(wasijit_test_grow), "grow");
    builder_.Function(builder_.Type({kI64}, {}),
                      CodeFrom(wasijit_test_recurse_grow), "recurse_grow");
    instance_ = &MakeInstance(builder_);
    context_ = instance_->context();
  }

  std::string Text(uint64_t offset, uint64_t count) {
    const auto bytes = *instance_->memory(0)->Range(offset, count);
    return std::string(bytes.begin(), bytes.end());
  }
  void* Reference(uint32_t function) { return instance_->record(function); }

  ImageBuilder builder_;
  Instance* instance_;
  VmContext* context_;
};

TEST_F(LibcallsTest, MemoryGrow) {
  EXPECT_EQ(libcalls::MemoryGrow(context_, 0, 1), 1);
  EXPECT_EQ(libcalls::MemoryGrow(context_, 0, 2), -1);
  EXPECT_EQ(libcalls::MemoryGrow(context_, 0, UINT64_MAX), -1);
  EXPECT_EQ(libcalls::MemoryGrow(context_, 0, 0), 2);
}

TEST_F(LibcallsTest, MemoryGrowIsReachedThroughItsSlot) {
  const auto outcome = CallExport(
      *instance_, "grow",
      {Value::I64(builder_.ContextSlot()), Value::I32(0), Value::I64(2)});
  ASSERT_THAT(outcome, HasOutcome());
  EXPECT_THAT(*outcome, ElementsAre(Value::I64(1)));
  EXPECT_EQ(instance_->memory(0)->pages(), 3u);
}

TEST_F(LibcallsTest, WithoutStackALibcallTraps) {
  EXPECT_THAT(CallExport(*instance_, "recurse_grow",
                         {Value::I64(builder_.ContextSlot())}),
              TrapsWith(TrapKind::kCallStackExhausted));
}

TEST_F(LibcallsTest, MemoryInitAndDataDrop) {
  EXPECT_TRUE(libcalls::MemoryInit(context_, 0, 0, 100, 2, 5));
  EXPECT_EQ(Text(99, 7), std::string("\0"
                                     "23456\0",
                                     7));
  // Out of the segment, of the memory, of both.
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 0, 6, 5));
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 0, 11, 0));
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 65536 - 2, 0, 3));
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 65537, 0, 0));
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, UINT64_MAX, 0, 3));
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 0, UINT32_MAX, UINT32_MAX));
  EXPECT_EQ(Text(65534, 2), std::string("\0\0", 2));
  EXPECT_TRUE(libcalls::MemoryInit(context_, 0, 0, 65536, 10, 0));
  libcalls::DataDrop(context_, 0);
  EXPECT_FALSE(libcalls::MemoryInit(context_, 0, 0, 0, 0, 1));
  EXPECT_TRUE(libcalls::MemoryInit(context_, 0, 0, 0, 0, 0));
}

TEST_F(LibcallsTest, TableGrowAndFill) {
  Table& table = *instance_->table(0);
  EXPECT_EQ(libcalls::TableGrow(context_, 0, Reference(1), 2), 4);
  EXPECT_EQ(table.Get(5), reinterpret_cast<ReferenceBits>(Reference(1)));
  EXPECT_EQ(libcalls::TableGrow(context_, 0, nullptr, 1), -1);
  EXPECT_TRUE(libcalls::TableFill(context_, 0, 1, Reference(0), 2));
  EXPECT_FALSE(libcalls::TableFill(context_, 0, 5, Reference(0), 2));
  EXPECT_EQ(table.Get(5), reinterpret_cast<ReferenceBits>(Reference(1)));
  auto* const external = reinterpret_cast<void*>(uintptr_t{99});
  EXPECT_EQ(libcalls::TableGrow(context_, 1, external, 1), 4);
  EXPECT_EQ(instance_->table(1)->Get(4), 99u);
}

TEST_F(LibcallsTest, TableInitCopyAndElementDrop) {
  Table& table = *instance_->table(0);
  const auto g = reinterpret_cast<ReferenceBits>(Reference(1));
  EXPECT_TRUE(libcalls::TableInit(context_, 0, 0, 2, 1, 2));
  EXPECT_EQ(table.Get(2), g);
  EXPECT_FALSE(libcalls::TableInit(context_, 0, 0, 0, 2, 2));
  EXPECT_FALSE(libcalls::TableInit(context_, 0, 0, 3, 0, 2));
  EXPECT_FALSE(libcalls::TableInit(context_, 0, 0, UINT64_MAX, 0, UINT32_MAX));
  EXPECT_TRUE(libcalls::TableCopy(context_, 0, 0, 0, 2, 2));
  EXPECT_EQ(table.Get(0), g);
  EXPECT_FALSE(libcalls::TableCopy(context_, 0, 0, 3, 0, 2));
  libcalls::ElementDrop(context_, 0);
  EXPECT_FALSE(libcalls::TableInit(context_, 0, 0, 0, 0, 1));
  EXPECT_TRUE(libcalls::TableInit(context_, 0, 0, 0, 0, 0));
}

TEST_F(LibcallsTest, PrepareTailCallLeavesWordForTheBridge) {
  int code = 0;
  int context = 0;
  libcalls::PrepareTailCall(&code, &context);
  EXPECT_EQ(current_thread.tail_call_code, &code);
  EXPECT_EQ(current_thread.tail_call_context, &context);
}

}  // namespace
}  // namespace wasijit::test
