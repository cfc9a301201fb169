#include "compiler/jit/loop_depth.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

TEST(LoopDepth, CountsLoopsInLoops) {
  const struct {
    absl::string_view body;
    uint32_t depth;
  } kCases[] = {
      {"", 0},
      {"(block (if (i32.const 1) (then) (else)))", 0},
      {"(loop)", 1},
      {"(loop) (loop)", 1},
      {"(loop (block (loop)))", 2},
      {"(block (loop (loop)) (loop (loop (loop))))", 3},
      {"(try (do (loop)) (catch_all (loop (loop)))) (loop)", 2},
      {"(loop (try (do (loop)) (delegate 0))) (loop)", 2},
      {"(try_table (loop)) (loop (loop))", 2},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(
        const Module module,
        test::ModuleFromWat(absl::StrCat("(module (func ", test.body, "))")));
    EXPECT_EQ(LoopDepth(module, 0), test.depth) << test.body;
  }
}

}  // namespace
}  // namespace wasijit::compiler
