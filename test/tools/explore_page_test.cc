#include "tools/explore_page.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wasijit::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDisassembly[] =
    "000020 func[1] $a<b (param i32):\n"
    "                                        | (local i32)\n"
    "  000022: 20 00                         | local.get 0\n"
    "  000024: 28 02 00                      | i32.load\n"
    "  000027: 1a                            | drop\n"
    "  000028: 0b                            | end\n";

constexpr char kListing[] =
    "F 1\n"
    "I - entry:\n"
    "I -   %1 = zext i32 %0 to i64\n"
    "I 36   %2 = load i32, ptr %1\n"
    "I -   ret void\n"
    "A - \tpushq %rbp\n"
    "A 36 \tmovl (%r13), %eax\n"
    "A - .LBB0_1:\n"
    "A - \tretq\n";

TEST(ExplorePage, LinksWhatComesFromAnInstruction) {
  EXPECT_THAT(
      ExplorePage("a&b.wasm", kDisassembly, kListing),
      AllOf(HasSubstr("<title>a&amp;b.wasm</title>"),
            HasSubstr("<summary>func[1] $a&lt;b (param i32)</summary>"),
            // Operands belong to the load, what comes after it to nothing.
            HasSubstr("<i>(local i32)</i><i data-a=0 class=c0>local.get 0</i>"
                      "<i data-a=0 class=c0>i32.load</i><i>drop</i><i>end</i>"),
            HasSubstr("<i>entry:</i><i>  %1 = zext i32 %0 to i64</i>"
                      "<i data-a=0 class=c0>  %2 = load i32, ptr %1</i>"
                      "<i data-a=0 class=c0>  ret void</i>"),
            HasSubstr("<i>    pushq %rbp</i>"
                      "<i data-a=0 class=c0>    movl (%r13), %eax</i>"
                      "<i>.LBB0_1:</i><i>    retq</i>")));
}

TEST(ExplorePage, NeedsNothingElse) {
  EXPECT_THAT(ExplorePage("x", "", ""),
              AllOf(Not(HasSubstr("http")), Not(HasSubstr("src=")),
                    Not(HasSubstr("href=")), HasSubstr("</html>")));
}

}  // namespace
}  // namespace wasijit::tools
