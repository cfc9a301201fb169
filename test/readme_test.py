#!/usr/bin/env python3
"""The places that README files name exist.

usage: readme_test.py SOURCE_DIR
"""

import pathlib
import re
import sys

# `runtime/abi/trap.def`, `./test/run.sh`, `compiler/text/`; not build output
# and not what stands for several places.
PLACE = re.compile(
    r"`(?:\./)?((?:bench|compiler|runtime|test|tools|wasi)/[^`<>*{} ]*)`")


def main():
    source_dir = pathlib.Path(sys.argv[1]).resolve()
    failures, count = [], 0
    readmes = [source_dir / "README.md"] + [
        path for top in ["bench", "compiler", "runtime", "test", "tools", "wasi"]
        for path in sorted((source_dir / top).rglob("README.md"))]
    for readme in readmes:
        for place in PLACE.findall(readme.read_text()):
            count += 1
            # `compiler/codegen/image_linker` means both files of that stem.
            path = source_dir / place
            if not path.exists() and not list(path.parent.glob(path.name + ".*")):
                failures.append(
                    f"{readme.relative_to(source_dir)}: there is no {place}")
    print("\n".join(failures))
    print(f"{count} places, {len(failures)} missing")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
