#!/usr/bin/env python3
"""Runs the official WASI preview 1 test suite.

  run_wasi_testsuite.py [--wasijit COMMAND] [--suite DIRECTORY] [TEST...]

TEST is the path of a module below the suite without ".wasm", such as
"rust/readlink"; all of them if none is given. COMMAND is how to run a program,
"wasijit" or the value of the environment variable WASIJIT if not given; it
takes --dir HOST::GUEST, --env NAME=VALUE, the module and its arguments.

What a test expects is in the JSON file beside it, in either of the two forms of
the suite's specification.md. Every test gets a copy of its directory, so that
tests leave nothing behind and do not meet.

Exit status: 0 if everything passed, 77 if there is no suite, else 1.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

SUITE_ABSENT = 77


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


def execute(command, module, run, scratch, timeout):
    """Starts the module as the operation says and waits for its end."""
    arguments = list(command)
    if run.get("root"):
        root = scratch / run["root"]
        shutil.copytree(module.parent / run["root"], root, symlinks=True)
        for left_over in root.rglob("*.cleanup"):
            if left_over.is_dir():
                shutil.rmtree(left_over)
            else:
                left_over.unlink()
        arguments += ["--dir", f"{root}::/"]
    for name, value in run.get("env", {}).items():
        arguments += ["--env", f"{name}={value}"]
    arguments += [str(module), *run.get("args", [])]
    try:
        done = subprocess.run(arguments, cwd=scratch, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout)
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
        arguments, done = execute(options.wasijit, module,
                                  runs[0] if runs else {},
                                  pathlib.Path(scratch), options.timeout)
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
    failed = [name for name in names if not run_test(options, name)]
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
