#!/usr/bin/env python3
"""Runs guest programs under a runtime and compares what they do.

The table programs.json holds, for every program, its runs. A run may have:

  args, argv0, env, stdin   what the program is given
  dirs                      {guest path: directory in the scratch directory}
  files, symlinks           what the scratch directory holds beforehand
  preload                   {import module name: program}
  options                   further options of the runtime
  invoke                    an exported function to call instead of _start
  stdout                    exact text, or a list of lines; nothing if absent
  stdout_contains           lines among the output, instead of stdout
  exit                      exit status, 0 if absent
  stderr                    fragments of standard error; if absent, it must
                            stay empty
  files_after               {path: content, or null for "does not exist"}
  dirs_after                directories that exist
  strace                    fragments of the calls' trace; the program is run
                            once more for it, with --strace

Options follow Wasmtime's command line, so --runtime takes any command that
speaks it.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

PROGRAM_NOT_BUILT = 77  # ctest's SKIP_RETURN_CODE


def text_of(expected):
    """The expected output as bytes: a string as it is, or lines."""
    if isinstance(expected, list):
        expected = "".join(line + "\n" for line in expected)
    return expected.encode()


def load_runs(table):
    """Yields (program, run) for every run of the table."""
    for program in json.loads(table.read_text())["programs"]:
        for run in program["runs"]:
            yield program["name"], run


def prepare(scratch, run):
    for directory in run.get("dirs", {}).values():
        (scratch / directory).mkdir(parents=True, exist_ok=True)
    for path, content in run.get("files", {}).items():
        (scratch / path).parent.mkdir(parents=True, exist_ok=True)
        (scratch / path).write_bytes(content.encode())
    for path, target in run.get("symlinks", {}).items():
        (scratch / path).symlink_to(target)


def command_line(runtime, programs, scratch, program, run):
    command = [*runtime]
    for guest, host in run.get("dirs", {}).items():
        command += ["--dir", f"{scratch / host}::{guest}"]
    for name, value in run.get("env", {}).items():
        command += ["--env", f"{name}={value}"]
    if "argv0" in run:
        command += ["--argv0", run["argv0"]]
    for name, module in run.get("preload", {}).items():
        command += ["--preload", f"{name}={programs / module}.wasm"]
    command += run.get("options", [])
    if "invoke" in run:
        command += ["--invoke", run["invoke"]]
    return command + [str(programs / program) + ".wasm", *run.get("args", [])]


def failures_of(run, scratch, done, check_stderr):
    """Yields one line for every difference from what the run promises."""
    if done.returncode != run.get("exit", 0):
        yield f"exit status {done.returncode}, expected {run.get('exit', 0)}"
    if "stdout_contains" in run:
        lines = done.stdout.decode(errors="replace").splitlines()
        for line in run["stdout_contains"]:
            if line not in lines:
                yield f"stdout lacks the line {line!r}: {done.stdout!r}"
    elif done.stdout != text_of(run.get("stdout", "")):
        yield (f"stdout {done.stdout!r},\n"
               f"     expected {text_of(run.get('stdout', ''))!r}")
    if check_stderr:
        stderr = done.stderr.decode(errors="replace")
        for fragment in run.get("stderr", []):
            if fragment not in stderr:
                yield f"stderr lacks {fragment!r}: {stderr!r}"
        if "stderr" not in run and stderr:
            yield f"stderr is not empty: {stderr!r}"
    for path in run.get("dirs_after", []):
        if not (scratch / path).is_dir():
            yield f"{path} is not a directory"
    for path, content in run.get("files_after", {}).items():
        file = scratch / path
        if content is None and os.path.lexists(file):
            yield f"{path} exists"
        elif content is not None and not file.is_file():
            yield f"{path} is not a file"
        elif content is not None and file.read_bytes() != content.encode():
            yield f"{path} holds {file.read_bytes()!r}, expected {content!r}"


def trace_failures(run, done):
    stderr = done.stderr.decode(errors="replace")
    for fragment in run["strace"]:
        if fragment not in stderr:
            yield f"the trace lacks {fragment!r}: {stderr!r}"


def execute(options, program, run):
    """Runs one row and returns its status: 0, 1, or PROGRAM_NOT_BUILT."""
    modules = [program, *run.get("preload", {}).values()]
    for module in modules:
        absent = options.programs / f"{module}.wasm.absent"
        if absent.exists():
            print(f"ABSENT {run['name']}: {absent.read_text().strip()}")
            return PROGRAM_NOT_BUILT
    with tempfile.TemporaryDirectory() as cache:
        environment = dict(os.environ, XDG_CACHE_HOME=cache)
        # The third time, wasijit takes the code from its cache.
        attempts = [["--tier=lazy", "--no-cache"], ["--tier=eager"], []]
        if options.precompiled:
            attempts = [[]]
        if "strace" in run and options.check_stderr:
            attempts.append(["--strace"])
        for trace in attempts:
            failures = attempt(options, program, run, environment, trace)
            if failures:
                print(f"FAILED {run['name']}: {failures[0]}")
                for failure in failures[1:]:
                    print(f"  {failure}")
                return 1
    return 0


def attempt(options, program, run, environment, trace):
    """The command and what was wrong with it, if something was."""
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        prepare(scratch, run)
        command = command_line([*options.runtime, *trace], options.programs,
                               scratch, program, run)
        try:
            done = subprocess.run(command, cwd=scratch, check=False,
                                  env=environment,
                                  input=run.get("stdin", "").encode(),
                                  capture_output=True, timeout=options.timeout)
            if "--strace" in trace:
                failures = list(trace_failures(run, done))
            else:
                failures = list(
                    failures_of(run, scratch, done, options.check_stderr))
        except subprocess.TimeoutExpired:
            failures = [f"still running after {options.timeout} s"]
        return [shlex.join(command), *failures] if failures else []


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runtime", type=shlex.split, required=True,
                        help="command to run a program with")
    parser.add_argument("--programs", type=pathlib.Path, required=True,
                        help="directory of the built programs")
    parser.add_argument("--table", type=pathlib.Path,
                        default=pathlib.Path(__file__).with_name(
                            "programs.json"))
    parser.add_argument("--run", action="append",
                        help="name of a run; all of them if not given")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--precompiled", action="store_true",
                        help="the programs are images: run each but once")
    parser.add_argument("--no-stderr", dest="check_stderr",
                        action="store_false",
                        help="do not compare standard error, where runtimes "
                        "word things differently")
    options = parser.parse_args()
    options.programs = options.programs.resolve()
    # Programs run in a scratch directory: words that name files must not
    # depend on the current one.
    options.runtime = [os.path.abspath(word) if os.path.exists(word) else word
                       for word in options.runtime]
    return options


def main():
    options = parse_options()
    runs = [(program, run) for program, run in load_runs(options.table)
            if not options.run or run["name"] in options.run]
    if len(runs) < len(options.run or [None]):
        sys.exit(f"{options.table} has no such run: {options.run}")
    statuses = [execute(options, program, run) for program, run in runs]
    failed, absent = statuses.count(1), statuses.count(PROGRAM_NOT_BUILT)
    print(f"{statuses.count(0)} passed, {failed} failed, {absent} absent")
    if failed:
        return 1
    return PROGRAM_NOT_BUILT if absent == len(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
