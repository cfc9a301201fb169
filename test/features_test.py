#!/usr/bin/env python3
"""The table of proposals in README.md is that of features.def.

usage: features_test.py SOURCE_DIR [--update]

Fails if they differ; with --update it writes the table instead.
"""

import pathlib
import re
import sys

ROW = re.compile(r'^FEATURE\((\w+),\s*"([\w-]+)",\s*(true|false),\s*"([^"]*)"\)',
                 re.M)
BEGIN = "| Proposal | `-W` | |\n|---|---|---|\n"


def table(definitions):
    rows = []
    for enumerator, name, enabled, text in ROW.findall(definitions):
        if enumerator == "Core":
            continue
        state = "on" if enabled == "true" else "off"
        rows.append(f"| {text} | `{name}` | {state} |\n")
    return BEGIN + "".join(rows)


def main():
    source_dir = pathlib.Path(sys.argv[1])
    readme = source_dir / "README.md"
    text = readme.read_text()
    expected = table(
        (source_dir / "compiler/syntax/features.def").read_text())
    begin = text.find(BEGIN)
    end = text.find("\n\n", begin) + 1
    if begin < 0 or len(expected.splitlines()) < 3:
        print("README.md has no table of proposals, or features.def no rows")
        return 1
    if text[begin:end] == expected:
        print(f"{len(expected.splitlines()) - 2} proposals")
        return 0
    if "--update" in sys.argv:
        readme.write_text(text[:begin] + expected + text[end:])
        return 0
    print("README.md differs from features.def; run "
          "test/features_test.py . --update")
    return 1


if __name__ == "__main__":
    sys.exit(main())
