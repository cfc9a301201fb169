// Matchers of absl::Status and absl::StatusOr.
#ifndef WASIJIT_TEST_SUPPORT_STATUS_MATCHERS_H_
#define WASIJIT_TEST_SUPPORT_STATUS_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

namespace wasijit::test {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// The error has this code, and its message matches `message`.
MATCHER_P2(StatusIs, code, message,
           std::string("has the code ") + absl::StatusCodeToString(code) +
               " and a message that " +
               testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         testing::Value(std::string(status.message()), message);
}

// The StatusOr holds a value, and that matches `inner`.
MATCHER_P(IsOkAndHolds, inner, "") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(inner, *arg, result_listener);
}

}  // namespace wasijit::test

#define ASSERT_OK(expression) ASSERT_THAT((expression), ::wasijit::test::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT((expression), ::wasijit::test::IsOk())

// Asserts that a StatusOr is OK and moves its value into `target`, which may
// declare a variable.
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  WASIJIT_ASSERT_OK_AND_ASSIGN(WASIJIT_TEST_NAME(__LINE__), target, expression)
#define WASIJIT_ASSERT_OK_AND_ASSIGN(result, target, expression) \
  auto result = (expression);                                    \
  ASSERT_OK(result);                                             \
  target = *std::move(result)
#define WASIJIT_TEST_NAME(line) WASIJIT_TEST_NAME_EXPANDED(line)
#define WASIJIT_TEST_NAME_EXPANDED(line) wasijit_status_or_##line

#endif  // WASIJIT_TEST_SUPPORT_STATUS_MATCHERS_H_
