#!/usr/bin/env python3
"""The program does not link the compiler; the compiler's module shows only its
entry point; programs have little to do before main().

usage: linkage_test.py READELF PROGRAM STUB [MODULE]
"""

import re
import subprocess
import sys

# Libraries of the system that the program may need. libm comes with libc.
ALLOWED = {"libc.so.6", "libm.so.6"}
ENTRY_POINT = "wasijit_compiler_backend"
# Of each source file that includes <iostream>, as Abseil's headers do, there is
# one; the rest are libraries'. None may do more than that.
MAX_STATIC_INITIALISERS = 250
# Relocations that look a symbol up by its name.
MAX_SYMBOL_RELOCATIONS = 300
RELOCATION_SIZE = 24


def needed(readelf, file):
    output = subprocess.run([readelf, "--dynamic-table", file], check=True,
                            capture_output=True, text=True).stdout
    return set(re.findall(r"Shared library: \[([^\]]+)\]", output))


def dynamic_number(readelf, file, tag):
    """The value of an entry of the dynamic table; 0 if it is absent."""
    output = subprocess.run([readelf, "--dynamic-table", file], check=True,
                            capture_output=True, text=True).stdout
    match = re.search(rf"\(?\b{tag}\)?\s+(\d+)", output)
    return int(match.group(1)) if match else 0


def start_up_failures(readelf, program):
    initialisers = dynamic_number(readelf, program, "INIT_ARRAYSZ") // 8
    if not 0 < initialisers <= MAX_STATIC_INITIALISERS:
        yield (f"{program} has {initialisers} static initialisers, at most "
               f"{MAX_STATIC_INITIALISERS} are allowed")
    sizes = (dynamic_number(readelf, program, "RELASZ") +
             dynamic_number(readelf, program, "PLTRELSZ"))
    relocations = (sizes // RELOCATION_SIZE -
                   dynamic_number(readelf, program, "RELACOUNT"))
    if relocations > MAX_SYMBOL_RELOCATIONS:
        yield (f"{program} looks up {relocations} symbols, at most "
               f"{MAX_SYMBOL_RELOCATIONS} are allowed")


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
    readelf, program, stub = sys.argv[1:4]
    failures = [f"{program} needs {library}"
                for library in sorted(needed(readelf, program))
                if library not in ALLOWED
                and not library.startswith("ld-linux")]
    # It runs on machines that have nothing of ours.
    failures += [f"{stub} needs {library}"
                 for library in sorted(needed(readelf, stub))]
    for file in [program, stub]:
        failures += start_up_failures(readelf, file)
    for module in sys.argv[4:]:
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
