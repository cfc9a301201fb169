#include "compiler/text/index_space.h"

#include <optional>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(IndexSpace, CountsMembersAndFindsNames) {
  IndexSpace space("function", "func");
  EXPECT_EQ(space.Add(), 0u);
  EXPECT_EQ(space.Add(3), 1u);
  EXPECT_EQ(space.size(), 4u);
  EXPECT_TRUE(space.Bind("f", 2));
  EXPECT_FALSE(space.Bind("f", 3));
  EXPECT_EQ(space.Find("f"), 2u);
  EXPECT_EQ(space.Find("g"), std::nullopt);
  space.Clear();
  EXPECT_EQ(space.size(), 0u);
  EXPECT_EQ(space.Find("f"), std::nullopt);
}

}  // namespace
}  // namespace wasijit::compiler
