#!/usr/bin/env python3
"""Compares the code of a .wat file with the CHECK lines in the same file.

usage: run_golden.py --wasijit PROGRAM --filecheck PROGRAM
                     --wat2wasm PROGRAM [--show] FILE.wat

  ;; CHECK-IR:   the IR as lowering leaves it, for x86-64
  ;; CHECK-OPT:  the IR after the passes, for x86-64
  ;; CHECK-X64:  the assembly for x86-64
  ;; CHECK-A64:  the assembly for AArch64

A file checks the code of both instruction sets and at least one form of IR.
--show prints the code instead of comparing it.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

FORMS = {
    "CHECK-IR": ("ir", "x86_64"),
    "CHECK-OPT": ("optimized-ir", "x86_64"),
    "CHECK-X64": ("assembly", "x86_64"),
    "CHECK-A64": ("assembly", "aarch64"),
}


def prefixes_of(path):
    # CHECK-X64, also in CHECK-X64-NOT, CHECK-X64-LABEL and so on.
    found = set(re.findall(r"^\s*;;\s*(CHECK-[A-Z0-9]+)[-A-Z]*:",
                           path.read_text(), re.MULTILINE))
    unknown = found - set(FORMS)
    if unknown:
        sys.exit(f"{path}: unknown prefix {', '.join(sorted(unknown))}")
    for required in ["CHECK-X64", "CHECK-A64"]:
        if required not in found:
            sys.exit(f"{path}: no {required} line")
    if not found & {"CHECK-IR", "CHECK-OPT"}:
        sys.exit(f"{path}: neither CHECK-IR nor CHECK-OPT line")
    return sorted(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasijit", required=True)
    parser.add_argument("--filecheck", required=True)
    parser.add_argument("--wat2wasm", required=True)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("file", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        wasm = pathlib.Path(directory, arguments.file.stem + ".wasm")
        # wat2wasm does not know the types of the GC proposal, nor 128 bits.
        translate = ([arguments.wasijit, "wat2wasm"]
                     if arguments.file.name.startswith(("gc_", "wide_")) else
                     [arguments.wat2wasm, "--enable-all", "--debug-names"])
        subprocess.run([*translate, arguments.file, "-o", wasm], check=True)
        prefixes = FORMS if arguments.show else prefixes_of(arguments.file)
        for prefix in prefixes:
            form, target = FORMS[prefix]
            # The baseline CPU: the code must not depend on the machine.
            code = subprocess.run(
                [arguments.wasijit, "compile", "--emit", form, "--target",
                 target, "--cpu", "baseline", "-Wall-proposals", "-o", "-",
                 wasm], stdout=subprocess.PIPE)
            if code.returncode != 0:
                failed = True
            elif arguments.show:
                print(f";; {prefix}\n{code.stdout.decode()}")
            else:
                failed |= subprocess.run(
                    [arguments.filecheck, f"--check-prefix={prefix}",
                     "--dump-input-context=20", arguments.file],
                    input=code.stdout).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
