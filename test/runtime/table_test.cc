#include "runtime/table.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using test::StatusIs;

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

// A table of either representation, and references to put into it.
class TableTest : public testing::TestWithParam<bool> {
 protected:
  TableTest() {
    for (size_t i = 0; i < std::size(functions_); ++i) {
      functions_[i] = {.code = &functions_[i],
                       .context = &functions_[i] + 1,
                       .type_id = static_cast<uint32_t>(i + 1),
                       .padding = 0,
                       .function = nullptr};
    }
  }

  bool OfFunctions() const { return GetParam(); }
  ReferenceBits Ref(size_t i) const {
    return OfFunctions() ? reinterpret_cast<ReferenceBits>(&functions_[i])
                         : 1000 + i;
  }
  std::unique_ptr<Table> Make(uint64_t min, std::optional<uint64_t> max = {},
                              ReferenceBits initial = 0,
                              uint64_t limit = kNoLimit) {
    TableType type;
    type.element =
        OfFunctions() ? ValueType::FuncRef() : ValueType::ExternRef();
    type.limits.min = min;
    type.limits.max = max;
    auto table = Table::Create(type, OfFunctions(), initial, limit);
    EXPECT_OK(table);
    return *std::move(table);
  }
  static std::vector<ReferenceBits> Contents(const Table& table) {
    std::vector<ReferenceBits> contents;
    for (uint64_t i = 0; i < table.size(); ++i) {
      contents.push_back(*table.Get(i));
    }
    return contents;
  }

  VmFunction functions_[4];
};

TEST_P(TableTest, StartsWithItsInitialElement) {
  EXPECT_THAT(Contents(*Make(3)), testing::ElementsAre(0, 0, 0));
  EXPECT_THAT(Contents(*Make(2, 5, Ref(1))),
              testing::ElementsAre(Ref(1), Ref(1)));
  EXPECT_EQ(Make(0)->size(), 0u);
}

TEST_P(TableTest, GetsAndSetsWithinBounds) {
  auto table = Make(2);
  EXPECT_TRUE(table->Set(1, Ref(2)));
  EXPECT_EQ(table->Get(1), Ref(2));
  EXPECT_EQ(table->Get(2), std::nullopt);
  EXPECT_FALSE(table->Set(2, Ref(2)));
  EXPECT_FALSE(table->Set(kNoLimit, Ref(2)));
  EXPECT_TRUE(table->Set(1, 0));
  EXPECT_EQ(table->Get(1), 0u);
}

TEST_P(TableTest, GrowsUpToItsLimits) {
  auto table = Make(1, 5, Ref(0));
  EXPECT_EQ(table->Grow(2, Ref(1)), 1u);
  EXPECT_EQ(table->Grow(3, 0), std::nullopt);
  EXPECT_EQ(table->Grow(kNoLimit, 0), std::nullopt);
  EXPECT_EQ(table->Grow(2, 0), 3u);
  EXPECT_EQ(table->Grow(0, 0), 5u);
  EXPECT_THAT(Contents(*table),
              testing::ElementsAre(Ref(0), Ref(1), Ref(1), 0, 0));
  EXPECT_EQ(table->type().limits.min, 5u);

  auto limited = Make(1, std::nullopt, 0, /*limit=*/3);
  EXPECT_EQ(limited->Grow(3, 0), std::nullopt);
  EXPECT_EQ(limited->Grow(2, 0), 1u);
}

TEST_P(TableTest, GrowsAPieceAtATimeWithoutLosingElements) {
  auto table = Make(0);
  for (uint64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(table->Grow(1, Ref(i % 4)), i);
  }
  for (uint64_t i = 0; i < 5000; ++i) ASSERT_EQ(table->Get(i), Ref(i % 4));
}

TEST_P(TableTest, MoreThanTheSystemHasIsRefused) {
  auto table = Make(1);
  EXPECT_EQ(table->Grow(uint64_t{1} << 56, 0), std::nullopt);
  EXPECT_EQ(table->Grow(uint64_t{1} << 62, 0), std::nullopt);
  EXPECT_EQ(table->size(), 1u);
  TableType type;
  type.element = ValueType::FuncRef();
  type.limits.min = 11;
  EXPECT_THAT(Table::Create(type, OfFunctions(), 0, 10),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "no room for a table of 11 elements"));
}

TEST_P(TableTest, BulkOperationsChangeAllOrNothing) {
  auto table = Make(4);
  const struct {
    uint64_t start;
    uint64_t count;
    bool is_inside;
  } kRanges[] = {{0, 4, true},         {4, 0, true},
                 {1, 3, true},         {1, 4, false},
                 {5, 0, false},        {0, kNoLimit, false},
                 {kNoLimit, 1, false}, {kNoLimit, kNoLimit, false}};
  for (const auto& range : kRanges) {
    SCOPED_TRACE(range.start);
    ASSERT_TRUE(table->Fill(0, Ref(0), 4));
    EXPECT_EQ(table->Fill(range.start, Ref(1), range.count), range.is_inside);
    EXPECT_EQ(table->Get(3),
              range.is_inside && range.count != 0 ? Ref(1) : Ref(0));
    auto other = Make(4);
    EXPECT_EQ(other->Copy(*table, range.start, 0, range.count),
              range.is_inside);
    EXPECT_EQ(other->Copy(*table, 0, range.start, range.count),
              range.is_inside);
  }
}

TEST_P(TableTest, CopiesWithinItselfInEitherDirection) {
  auto table = Make(4);
  const auto reset = [&] {
    for (uint64_t i = 0; i < 4; ++i) table->Set(i, Ref(i));
  };
  reset();
  EXPECT_TRUE(table->Copy(*table, 1, 0, 3));
  EXPECT_THAT(Contents(*table),
              testing::ElementsAre(Ref(0), Ref(0), Ref(1), Ref(2)));
  reset();
  EXPECT_TRUE(table->Copy(*table, 0, 1, 3));
  EXPECT_THAT(Contents(*table),
              testing::ElementsAre(Ref(1), Ref(2), Ref(3), Ref(3)));
}

TEST_P(TableTest, InitWritesReferences) {
  auto table = Make(3);
  EXPECT_TRUE(table->Init(1, {Ref(2), Ref(3)}));
  EXPECT_FALSE(table->Init(2, {Ref(0), Ref(0)}));
  EXPECT_THAT(Contents(*table), testing::ElementsAre(0, Ref(2), Ref(3)));
}

INSTANTIATE_TEST_SUITE_P(Representation, TableTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "Functions" : "Others";
                         });

TEST(FunctionTableTest, ElementsHoldWhatIndirectCallsNeed) {
  VmFunction function = {.code = &function,
                         .context = &function + 1,
                         .type_id = 7,
                         .padding = 0,
                         .function = nullptr};
  TableType type;
  type.element = ValueType::FuncRef();
  type.limits.min = 2;
  ASSERT_OK_AND_ASSIGN(auto table, Table::Create(type, true, 0, 10));
  table->Set(1, reinterpret_cast<ReferenceBits>(&function));
  const auto* const elements =
      static_cast<const VmFunctionElement*>(table->vm()->base);
  EXPECT_EQ(elements[0].type_id, 0u);
  EXPECT_EQ(elements[1].code, function.code);
  EXPECT_EQ(elements[1].context, function.context);
  EXPECT_EQ(elements[1].type_id, 7u);
  EXPECT_EQ(elements[1].reference, &function);
}

}  // namespace
}  // namespace wasijit
