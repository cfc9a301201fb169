#!/usr/bin/env python3
"""Every source file is as clang-format leaves it. Tables (.def) are exempt.

usage: format_test.py SOURCE_DIR CLANG_FORMAT [--fix]
"""

import pathlib
import subprocess
import sys


def main():
    source_dir = pathlib.Path(sys.argv[1]).resolve()
    files = [path for top in ["bench", "compiler", "runtime", "test", "tools",
                              "wasi"]
             for path in sorted((source_dir / top).rglob("*"))
             if path.suffix in {".h", ".cc"} and "programs" not in path.parts]
    if not files:
        print("no files")
        return 1
    mode = ["-i"] if "--fix" in sys.argv[3:] else ["--dry-run", "--Werror"]
    return subprocess.run([sys.argv[2], *mode, *map(str, files)]).returncode


if __name__ == "__main__":
    sys.exit(main())
