#!/usr/bin/env python3
"""Files stay small enough to read, and every folder says what it is for.

usage: size_test.py SOURCE_DIR
"""

import pathlib
import sys

TOPS = ["bench", "compiler", "runtime", "test", "tools", "wasi"]
MAX_LINES = {".h": 500, ".cc": 500, ".py": 500, "README.md": 40}
# A list of cases, like a table, is as long as what it lists.
MAX_TEST_LINES = 1000


def limit(relative):
    if relative.name in MAX_LINES:
        return MAX_LINES[relative.name]
    if relative.parts[0] == "test" and relative.suffix == ".cc":
        return MAX_TEST_LINES
    return MAX_LINES.get(relative.suffix)


def main():
    source_dir = pathlib.Path(sys.argv[1]).resolve()
    failures, count = [], 0
    for top in TOPS:
        for path in sorted((source_dir / top).rglob("*")):
            relative = path.relative_to(source_dir)
            if not path.is_file() or limit(relative) is None:
                continue
            count += 1
            lines = len(path.read_text().splitlines())
            if lines > limit(relative):
                failures.append(
                    f"{relative}: {lines} lines, at most {limit(relative)}")
        for path in sorted((source_dir / top).rglob("CMakeLists.txt")):
            if top != "test" and not path.with_name("README.md").is_file():
                failures.append(
                    f"{path.parent.relative_to(source_dir)}: no README.md")
    print("\n".join(failures))
    print(f"{count} files, {len(failures)} offences")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
