#!/usr/bin/env python3
"""Makes a module of TeaVM's run in any engine, for what needs no JavaScript.

usage: wasijit wasm2wat classes.wasm | standalone.py > standalone.wat

Every import becomes a definition that does nothing and gives zero, null or, where
null is not allowed, some reference.
"""

import re
import sys

IMPORT = re.compile(
    r'^  \(import "[^"]*" "([^"]*)" \((func|memory|global) (.*)\)\)$')
RESULT = re.compile(r"\(result (.*)\)$")
VALUES = {
    "i32": "(i32.const 0)",
    "i64": "(i64.const 0)",
    "f32": "(f32.const 0)",
    "f64": "(f64.const 0)",
    "externref": "(ref.null extern)",
    "(ref extern)": "(extern.convert_any (ref.i31 (i32.const 0)))",
}
PAGES = 33
GLOBALS = {"heapOffset": 1024, "maxSize": PAGES * 65536}


def definition(name, kind, rest):
    if kind == "memory":
        return f"  (memory {rest})"
    if kind == "global":
        return f"  (global {rest} (i32.const {GLOBALS[name]}))"
    result = RESULT.search(rest)
    body = VALUES.get(result[1], "(ref.null none)") if result else ""
    return f"  (func {rest} {body})"


def main():
    for line in sys.stdin.read().splitlines():
        match = IMPORT.match(line)
        print(definition(*match.groups()) if match else line)


if __name__ == "__main__":
    main()
