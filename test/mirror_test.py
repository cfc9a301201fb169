#!/usr/bin/env python3
"""Every source file has a test at the mirrored place, and the reverse.

usage: mirror_test.py SOURCE_DIR
"""

import pathlib
import re
import sys

# What is tested elsewhere, and where.
EXEMPT = {
    "tools/main.cc": "test/cli runs the program",
    "tools/stub_main.cc": "test/cli runs executables",
    "compiler/module_main.cc": "test/cli loads the module",
    "compiler/jit/located_listing.cc": "listing_test lists so",
    "compiler/lowering/counter.cc": "loop_entry_test and test/spec run what it lowers",
}
# The body of a subcommand is tested by the transcripts in test/cli.
COMMAND = re.compile(r"^tools/\w+_command\.cc$")
# Of a source with one file for each instruction set, one test speaks.
INSTRUCTION_SET = re.compile(r"_(x86_64|aarch64)$")


def mirrored(path):
    stem = INSTRUCTION_SET.sub("", path.stem)
    return [pathlib.Path("test") / path.parent / f"{name}_test.cc"
            for name in {path.stem, stem}]


def main():
    source_dir = pathlib.Path(sys.argv[1]).resolve()
    failures, count = [], 0
    for top in ["compiler", "runtime", "tools", "wasi"]:
        for path in sorted((source_dir / top).rglob("*.cc")):
            relative = path.relative_to(source_dir)
            count += 1
            tested = any((source_dir / test).is_file()
                         for test in mirrored(relative))
            exempt = relative.as_posix() in EXEMPT
            if COMMAND.match(relative.as_posix()):
                continue
            if tested and exempt:
                failures.append(f"{relative}: has a test, drop its exemption")
            elif not tested and not exempt:
                failures.append(f"{relative}: no {mirrored(relative)[0]}")
        for path in sorted((source_dir / "test" / top).rglob("*_test.cc")):
            stem = path.relative_to(source_dir / "test").with_name(
                path.name.removesuffix("_test.cc"))
            if not list((source_dir / stem.parent).glob(stem.name + ".*")) and \
               not list((source_dir / stem.parent).glob(stem.name + "_*.cc")):
                failures.append(
                    f"{path.relative_to(source_dir)}: nothing to test at {stem}")
    for exemption in EXEMPT:
        if not (source_dir / exemption).is_file():
            failures.append(f"{exemption}: exempt but absent")
    print("\n".join(failures))
    print(f"{count} sources, {len(failures)} offences")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
