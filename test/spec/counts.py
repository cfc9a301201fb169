#!/usr/bin/env python3
"""Prints what the tests of the official suite counted, from a log of ctest.

usage: counts.py LAST_TEST_LOG

One line for each configuration and directory, and their sum.
"""

import re
import sys

TEST = re.compile(r"^\d+/\d+ Test: spec\.(\w+)\.(\S+)$")
TOTAL = re.compile(r"^ *(\d+) +(\d+) +(\d+) +(\d+)  total of \d+ scripts$")
ROW = "{:>8} {:>8} {:>8} {:>9}  {}"


def counts(lines):
    test = None
    for line in lines:
        if match := TEST.match(line):
            test = " ".join(match.groups())
        elif (match := TOTAL.match(line)) and test:
            yield test, [int(count) for count in match.groups()]


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        rows = sorted(counts(log))
    if not rows:
        print("ABSENT: no test of the official suite ran")
        return 1
    print("Assertions of the official suite; what is expected failed or was "
          "skipped as test/spec/expected.txt says.")
    print(ROW.format("passed", "failed", "skipped", "expected", ""))
    for test, row in rows:
        print(ROW.format(*row, test))
    print(ROW.format(*map(sum, zip(*(row for _, row in rows))), "in all"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
