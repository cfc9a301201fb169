#!/usr/bin/env python3
"""Builds the program without the compiler, and runs with it what the whole
program compiled.

usage: runtime_only_test.py CMAKE SOURCE_DIR BUILD_DIR WASIJIT CMAKE-OPTION...
"""

import os
import pathlib
import subprocess
import sys
import tempfile

MODULE = """
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 42)))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
"""


def run(*command, status=0):
    result = subprocess.run([str(word) for word in command],
                            env=dict(os.environ, XDG_CACHE_HOME="/nonexistent"),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True)
    if result.returncode != status:
        sys.exit(f"{' '.join(map(str, command))}\nreturned {result.returncode} "
                 f"instead of {status}:\n{result.stdout[-5000:]}")
    return result.stdout


def expect(condition, message):
    if not condition:
        sys.exit(message)


def main():
    cmake, source_dir, build_dir, wasijit = sys.argv[1:5]
    run(cmake, "-G", "Ninja", "-S", source_dir, "-B", build_dir,
        "-DWASIJIT_COMPILER=OFF", *sys.argv[5:])
    run(cmake, "--build", build_dir, "--target", "wasijit")
    runtime_only = pathlib.Path(build_dir, "bin", "wasijit")
    expect("LLVM" not in run("ldd", runtime_only), "LLVM is linked")
    with tempfile.TemporaryDirectory() as directory:
        text = pathlib.Path(directory, "module.wat")
        image = pathlib.Path(directory, "module.cwasm")
        text.write_text(MODULE)
        run(wasijit, "compile", "-o", image, text)
        run(runtime_only, "--allow-precompiled", image, status=42)
        output = run(runtime_only, "--allow-precompiled", "--invoke", "add",
                     image, "40", "2")
        expect(output == "42\n", f"40 + 2 is {output}")
        run(runtime_only, text, status=1)
        # What compiles is not offered.
        expect("\n  compile " not in run(runtime_only, "--help"),
               "--help lists `compile`")
    print("runs images without a compiler")


if __name__ == "__main__":
    main()
