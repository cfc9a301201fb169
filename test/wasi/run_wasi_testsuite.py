#!/usr/bin/env python3
"""Runs the official WASI preview 1 test suite.

  run_wasi_testsuite.py [--wasijit COMMAND] [--suite DIRECTORY] [TEST...]

TEST is the path of a module below the suite without ".wasm", such as
"rust/readlink"; all of them if none is given. COMMAND is how to run a program,
"wasijit" or the value of the environment variable WASIJIT if not given; it
takes --dir HOST::GUEST, --env NAME=VALUE, the module and its arguments.

With --without-openat2 the system refuses that call, so that paths are resolved
in the other way; if no TEST is given, those that have a directory are run.

With --unstable, modules import from wasi_unstable what has the same types
there; the rest, by wasi/unstable.def, stays what it is, so that such a module
imports from both.

What a test expects is in the JSON file beside it, in either of the two forms of
the suite's specification.md. Every test gets a copy of its directory, so that
tests leave nothing behind and do not meet. Rust's tests know several sets of
error numbers; Linux's are asked for.

Exit status: 0 if everything passed, 77 if there is no suite, else 1.
"""

import argparse
import ctypes
import errno
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from leb128 import leb128, read_leb128  # noqa: E402

SUITE_ABSENT = 77
# The same on x86-64 and AArch64.
SYS_OPENAT2 = 437


def refuse_openat2():
    """Makes the call fail as on a system that lacks it (seccomp(2))."""
    class Instruction(ctypes.Structure):
        _fields_ = [("code", ctypes.c_uint16), ("jump_true", ctypes.c_uint8),
                    ("jump_false", ctypes.c_uint8), ("k", ctypes.c_uint32)]

    class Program(ctypes.Structure):
        _fields_ = [("size", ctypes.c_uint16),
                    ("instructions", ctypes.POINTER(Instruction))]

    load_number, jump_if_equal, give_back = 0x20, 0x15, 0x06
    allow, fail = 0x7fff0000, 0x00050000
    instructions = (Instruction * 4)(
        Instruction(load_number, 0, 0, 0),
        Instruction(jump_if_equal, 0, 1, SYS_OPENAT2),
        Instruction(give_back, 0, 0, fail | errno.ENOSYS),
        Instruction(give_back, 0, 0, allow))
    program = Program(len(instructions), instructions)
    set_no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if (prctl(set_no_new_privileges, 1, 0, 0, 0) != 0 or
            prctl(set_seccomp, filter_mode, ctypes.byref(program), 0, 0) != 0):
        raise OSError(ctypes.get_errno(), "cannot install a seccomp filter")


PREVIEW1 = b"wasi_snapshot_preview1"
UNSTABLE = b"wasi_unstable"


def functions_of_their_own():
    """Names of functions that wasi_unstable lacks or has with other types."""
    table = pathlib.Path(__file__).parents[2] / "wasi" / "unstable.def"
    return set(re.findall(r"^(?:CALL|ABSENT)\((\w+)", table.read_text(),
                          re.MULTILINE))


def with_unstable_imports(module):
    """The module with the names of imported functions' modules exchanged. All
    imports must be functions, as they are in programs."""
    own = functions_of_their_own()
    out, at = bytearray(module[:8]), 8
    while at < len(module):
        kind = module[at]
        size, begin = read_leb128(module, at + 1)
        section = module[begin:begin + size]
        at = begin + size
        if kind == 2:
            count, position = read_leb128(section, 0)
            rewritten = bytearray(leb128(count))
            for _ in range(count):
                names = []
                for _ in range(2):
                    length, position = read_leb128(section, position)
                    names.append(section[position:position + length])
                    position += length
                if section[position] != 0:
                    raise ValueError("an import that is no function")
                end = read_leb128(section, position + 1)[1]
                if names[0] == PREVIEW1 and names[1].decode() not in own:
                    names[0] = UNSTABLE
                for name in names:
                    rewritten += leb128(len(name)) + name
                rewritten += section[position:end]
                position = end
            section = bytes(rewritten)
        out += bytes([kind]) + leb128(len(section)) + section
    return bytes(out)


def operations_of(specification):
    """The operations of a test, whichever form its specification has."""
    if "operations" in specification:
        return specification["operations"]
    operations = [{"type": "run",
                   "args": specification.get("args", []),
                   "env": specification.get("env", {}),
                   "root": specification.get("root")}]
    for stream in ["stdout", "stderr"]:
        if stream in specification:
            operations.append({"type": "read", "id": stream,
                               "payload": specification[stream]})
    operations.append({"type": "wait",
                       "exit_code": specification.get("exit_code", 0)})
    return operations


def load_specification(module):
    file = module.with_suffix(".json")
    return json.loads(file.read_text()) if file.is_file() else {}


def uses_paths(suite, name):
    operations = operations_of(load_specification(suite / (name + ".wasm")))
    return any(operation.get("root") for operation in operations)


def execute(options, module, run, scratch):
    """Starts the module as the operation says and waits for its end."""
    arguments = list(options.wasijit)
    if run.get("root"):
        root = scratch / run["root"]
        shutil.copytree(module.parent / run["root"], root, symlinks=True)
        for left_over in root.rglob("*.cleanup"):
            if left_over.is_dir():
                shutil.rmtree(left_over)
            else:
                left_over.unlink()
        arguments += ["--dir", f"{root}::/"]
    environment = dict(run.get("env", {}))
    if module.parent.name == "rust":
        environment["ERRNO_MODE_UNIX"] = "1"
    for name, value in environment.items():
        arguments += ["--env", f"{name}={value}"]
    program = module
    if options.unstable:
        program = scratch / module.name
        program.write_bytes(with_unstable_imports(module.read_bytes()))
    arguments += [str(program), *run.get("args", [])]
    try:
        done = subprocess.run(arguments, cwd=scratch, check=False,
                              # Nothing is left of earlier runs.
                              env=dict(os.environ, XDG_CACHE_HOME="/nonexistent"),
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=options.timeout,
                              preexec_fn=refuse_openat2
                              if options.without_openat2 else None)
    except subprocess.TimeoutExpired:
        return arguments, None
    return arguments, done


def failures_of(operations, done, timeout):
    """Yields a line for every expectation that was not met."""
    if done is None:
        yield f"still running after {timeout} s"
        return
    output = {"stdout": done.stdout, "stderr": done.stderr}
    for operation in operations:
        kind = operation["type"]
        if kind == "read":
            stream = operation.get("id", "stdout")
            expected = operation.get("payload", "").encode()
            if output[stream] != expected:
                yield f"{stream} {output[stream]!r}, expected {expected!r}"
        elif kind == "wait":
            expected = operation.get("exit_code", 0)
            if done.returncode != expected:
                yield f"exit status {done.returncode}, expected {expected}"
        elif kind != "run":
            yield f"this runner cannot do the operation {kind!r}"


def run_test(options, name):
    module = options.suite / (name + ".wasm")
    if not module.is_file():
        print(f"FAILED {name}: there is no such test in {options.suite}")
        return False
    operations = operations_of(load_specification(module))
    runs = [o for o in operations if o["type"] == "run"]
    with tempfile.TemporaryDirectory() as scratch:
        arguments, done = execute(options, module, runs[0] if runs else {},
                                  pathlib.Path(scratch))
        failures = list(failures_of(operations, done, options.timeout))
    if len(runs) != 1:
        failures.append(f"{len(runs)} run operations, expected one")
    if failures:
        print(f"FAILED {name}: {shlex.join(arguments)}")
        for failure in failures:
            print(f"  {failure}")
        if done is not None and done.stderr:
            print("  stderr: " + done.stderr.decode(errors="replace"))
    return not failures


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wasijit", type=shlex.split,
                        default=shlex.split(os.environ.get("WASIJIT",
                                                           "wasijit")))
    parser.add_argument("--suite", type=pathlib.Path,
                        default=pathlib.Path(__file__).parents[2] /
                        ".." / "shared" / "wasi-testsuite")
    parser.add_argument("--without-openat2", action="store_true")
    parser.add_argument("--unstable", action="store_true")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("tests", nargs="*", metavar="TEST")
    options = parser.parse_args()
    options.suite = options.suite.resolve()
    # Tests run in a scratch directory.
    options.wasijit = [os.path.abspath(word) if os.path.exists(word) else word
                       for word in options.wasijit]
    return options


def main():
    options = parse_options()
    names = options.tests or sorted(
        module.relative_to(options.suite).with_suffix("").as_posix()
        for module in options.suite.glob("*/*.wasm"))
    if not names:
        print(f"ABSENT: no WASI test suite in {options.suite}; pass --suite")
        return SUITE_ABSENT
    if options.without_openat2 and not options.tests:
        names = [name for name in names if uses_paths(options.suite, name)]
    failed = [name for name in names if not run_test(options, name)]
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
