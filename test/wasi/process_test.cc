#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using ProcessTest = GuestTest;

TEST_P(ProcessTest, ExitPassesTheWholeCodeOn) {
  for (const Exitcode code : {0u, 1u, 255u, 256u, ~0u}) {
    const Result<Exit> exit = calls().ProcExit(code);
    ASSERT_THAT(exit, Succeeds());
    EXPECT_EQ(exit->code, code);
  }
}

TEST_P(ProcessTest, NoSignalIsSent) {
  for (const NamedNumber& signal : TypeInfo<Signal>::kNames) {
    EXPECT_THAT(calls().ProcRaise(static_cast<Signal>(signal.number)),
                FailsWith(Errno::kNotsup));
  }
}

TEST_P(ProcessTest, YieldSucceeds) {
  EXPECT_THAT(calls().SchedYield(), Succeeds());
}

INSTANTIATE_ONCE(ProcessTest);

}  // namespace
}  // namespace wasijit::wasi
