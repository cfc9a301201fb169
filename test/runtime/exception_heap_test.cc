#include "runtime/exception_heap.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/store.h"
#include "runtime/tag.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

class ExceptionHeapTest : public test::RuntimeTest {
 protected:
  Tag& NewTag(std::vector<ValueType> payload) {
    auto tag = store_->NewTag({.params = std::move(payload), .results = {}});
    EXPECT_OK(tag);
    return **tag;
  }

  // References count as roots while they are in `roots_`.
  VmException* New(Tag& tag) {
    return heap_.New(tag, [this](ExceptionHeap::Visitor visit) {
      for (const ReferenceBits root : roots_) visit(root);
    });
  }
  ReferenceBits NewReference(Tag& tag) {
    return reinterpret_cast<ReferenceBits>(New(tag));
  }
  // Makes so many that what is garbage goes.
  void MakeGarbage() {
    Tag& tag = NewTag({});
    for (int i = 0; i < 100'000; ++i) ASSERT_NE(New(tag), nullptr);
  }

  ExceptionHeap heap_;
  std::vector<ReferenceBits> roots_;
};

TEST_F(ExceptionHeapTest, MakesExceptionsOfATag) {
  Tag& tag = NewTag({ValueType::I32(), ValueType::V128()});
  VmException* const exception = New(tag);
  ASSERT_NE(exception, nullptr);
  EXPECT_EQ(exception->tag, &tag);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(ExceptionCell(exception, 1)) % 16, 0u);
  std::memset(ExceptionCell(exception, 0), 1, 2 * kExceptionCellSize);
  EXPECT_TRUE(heap_.Contains(reinterpret_cast<ReferenceBits>(exception)));
  EXPECT_FALSE(heap_.Contains(reinterpret_cast<ReferenceBits>(&tag)));
}

TEST_F(ExceptionHeapTest, GarbageDoesNotPileUp) {
  MakeGarbage();
  EXPECT_LT(heap_.count(), 50'000u);
}

TEST_F(ExceptionHeapTest, KeepsWhatIsReachable) {
  Tag& link =
      NewTag({ValueType::I32(), ValueType::Ref(AbstractHeapType::kExn, true)});
  // A list of exceptions, each in the payload of the next.
  ReferenceBits previous = 0;
  std::set<ReferenceBits> list;
  for (int i = 0; i < 100; ++i) {
    VmException* const exception = New(link);
    std::memcpy(ExceptionCell(exception, 1), &previous, sizeof(previous));
    previous = reinterpret_cast<ReferenceBits>(exception);
    list.insert(previous);
    roots_ = {previous, /*no reference=*/12345};
  }
  MakeGarbage();
  for (const ReferenceBits reference : list) {
    EXPECT_TRUE(heap_.Contains(reference));
  }
  roots_.clear();
  MakeGarbage();
  EXPECT_LT(heap_.count(), 50'000u);
}

TEST_F(ExceptionHeapTest, TellsWhatPayloadsReferTo) {
  Tag& tag = NewTag({ValueType::I64(), ValueType::ExternRef()});
  VmException* const exception = New(tag);
  const uint64_t values[] = {7, 0, 1234, 0};
  std::memcpy(ExceptionCell(exception, 0), values, sizeof(values));
  std::vector<std::pair<ReferenceBits, ValueType>> found;
  heap_.VisitPayloads([&](ReferenceBits bits, ValueType type) {
    found.emplace_back(bits, type);
  });
  const std::vector<std::pair<ReferenceBits, ValueType>> expected = {
      {1234, ValueType::ExternRef()}};
  EXPECT_EQ(found, expected);
}

TEST_F(ExceptionHeapTest, KeepsWhatTheHostHas) {
  Tag& tag = NewTag({});
  const ReferenceBits kept = NewReference(tag);
  ExceptionHeap::Keep(kept);
  MakeGarbage();
  EXPECT_TRUE(heap_.Contains(kept));
}

TEST_F(ExceptionHeapTest, HasALimit) {
  constexpr size_t kMost = 100;
  Tag& tag = NewTag(std::vector<ValueType>(999, ValueType::I64()));
  ExceptionHeap heap(kMost * 1000 * kExceptionCellSize);
  std::vector<const VmException*> living;
  const auto roots = [&](ExceptionHeap::Visitor visit) {
    for (const VmException* exception : living) {
      visit(reinterpret_cast<ReferenceBits>(exception));
    }
  };
  for (size_t i = 0; i < kMost; ++i) {
    living.push_back(heap.New(tag, roots));
    ASSERT_NE(living.back(), nullptr);
  }
  EXPECT_EQ(heap.New(tag, roots), nullptr);
  living.pop_back();
  EXPECT_NE(heap.New(tag, roots), nullptr);
}

}  // namespace
}  // namespace wasijit
