#!/usr/bin/env python3
"""Links a Rust program for wasm32-wasi with a current wasm-ld.

rustc names its libraries' metadata member `lib.rmeta`; newer linkers refuse
archive members that are neither objects nor bitcode. This wrapper, given to
rustc as `-C linker`, hands the linker copies of the archives without it.

Environment: WASM_LD and LLVM_AR name the two tools.
"""

import os
import shutil
import subprocess
import sys
import tempfile


def without_metadata(archive, directory, ar):
    copy = os.path.join(directory, os.path.basename(archive))
    shutil.copyfile(archive, copy)
    subprocess.run([ar, "d", copy, "lib.rmeta"], check=True)
    return copy


def main():
    linker = os.environ.get("WASM_LD", "wasm-ld-22")
    ar = os.environ.get("LLVM_AR", "llvm-ar-22")
    arguments = sys.argv[1:]
    # `-flavor wasm` is meant for the multi-target driver.
    if arguments[:1] == ["-flavor"]:
        arguments = arguments[2:]
    with tempfile.TemporaryDirectory() as directory:
        arguments = [
            without_metadata(a, directory, ar) if a.endswith(".rlib") else a
            for a in arguments
        ]
        return subprocess.run([linker, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
