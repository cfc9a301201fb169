// What a fuzz target demands of the code under test.
#ifndef WASIJIT_TEST_FUZZ_CHECK_H_
#define WASIJIT_TEST_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

namespace wasijit::test {

// Ends the process, which is what makes a finding, unless `holds`.
inline void Check(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()),
               what.data());
  std::abort();
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_FUZZ_CHECK_H_
