#!/usr/bin/env python3
"""The program does not link the compiler; the compiler's module shows only its
entry point.

usage: linkage_test.py READELF PROGRAM [MODULE]
"""

import re
import subprocess
import sys

# Libraries of the system that the program may need. libm comes with libc.
ALLOWED = {"libc.so.6", "libm.so.6"}
ENTRY_POINT = "wasijit_compiler_backend"


def needed(readelf, file):
    output = subprocess.run([readelf, "--dynamic-table", file], check=True,
                            capture_output=True, text=True).stdout
    return set(re.findall(r"Shared library: \[([^\]]+)\]", output))


def exported(readelf, file):
    output = subprocess.run([readelf, "--dyn-syms", "--wide", file], check=True,
                            capture_output=True, text=True).stdout
    names = set()
    for line in output.splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[4] in {"GLOBAL", "WEAK"} and \
                fields[6] != "UND":
            names.add(fields[7])
    return names


def main():
    readelf, program = sys.argv[1:3]
    failures = [f"{program} needs {library}"
                for library in sorted(needed(readelf, program))
                if library not in ALLOWED
                and not library.startswith("ld-linux")]
    for module in sys.argv[3:]:
        failures += [f"{module} needs {library}"
                     for library in sorted(needed(readelf, module))
                     if "LLVM" in library]
        symbols = exported(readelf, module)
        if symbols != {ENTRY_POINT}:
            failures.append(f"{module} exports {sorted(symbols)[:20]} "
                            f"instead of {ENTRY_POINT}")
    print("\n".join(failures) or "as it should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
