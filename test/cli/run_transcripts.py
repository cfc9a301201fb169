#!/usr/bin/env python3
"""Replays a transcript of commands and compares what they print.

usage: run_transcripts.py --bin DIR --wat2wasm PROGRAM TRANSCRIPT

A transcript is a text file. The first column of a line says what it is:

  # a comment
  @ NAME   begins a file, which ends at a line "@"; NAME.wat is assembled to
           NAME.wasm as well
  $ TEXT   a shell command; DIR is on its PATH
  < TEXT   a line of its standard input
  > TEXT   a line of its standard output
  ! TEXT   a line of its standard error
  = N      its exit status, 0 unless given

"<*>" in an expected line stands for any text within the line, a last line
"<**>" for any lines. Commands of one transcript run in order, in one new
directory.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TIMEOUT_SECONDS = 60


class Command:
    def __init__(self, line, text):
        self.line = line
        self.text = text
        self.stdin = []
        self.stdout = []
        self.stderr = []
        self.status = 0


def parse(path):
    """Files to create, by name, and the commands."""
    files, commands, file = {}, [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if file is not None:
            if line == "@":
                file = None
            else:
                files[file].append(line)
            continue
        kind, text = line[:1], line[2:]
        if not kind or kind == "#":
            continue
        if kind == "@":
            file = text
            files[file] = []
        elif kind == "$":
            commands.append(Command(number, text))
        elif kind in "<>!=" and commands:
            command = commands[-1]
            if kind == "=":
                command.status = int(text)
            else:
                {"<": command.stdin, ">": command.stdout,
                 "!": command.stderr}[kind].append(text)
        else:
            sys.exit(f"{path}:{number}: cannot be read: {line}")
    return files, commands


def matches(expected, actual):
    pattern = ".*".join(re.escape(part) for part in expected.split("<*>"))
    return re.fullmatch(pattern, actual) is not None


def differences(name, expected, actual):
    actual = actual.decode(errors="backslashreplace").splitlines()
    if expected[-1:] == ["<**>"] and len(actual) >= len(expected) - 1:
        expected = expected[:-1] + actual[len(expected) - 1:]
    if len(expected) == len(actual) and all(map(matches, expected, actual)):
        return []
    return [f"  {name} is"] + [f"    {line}" for line in actual] + \
           [f"  instead of"] + [f"    {line}" for line in expected]


def replay(command, directory, environment):
    try:
        result = subprocess.run(
            ["/bin/sh", "-c", command.text], cwd=directory, env=environment,
            input="".join(line + "\n" for line in command.stdin).encode(),
            capture_output=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return [f"  still running after {TIMEOUT_SECONDS} s"]
    # The shell reports a signal as 128 plus its number, as run() does not.
    status = result.returncode if result.returncode >= 0 \
        else 128 - result.returncode
    failures = differences("stdout", command.stdout, result.stdout)
    failures += differences("stderr", command.stderr, result.stderr)
    if status != command.status:
        failures.append(f"  exit status is {status} instead of {command.status}")
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--wat2wasm", required=True)
    parser.add_argument("transcript", type=pathlib.Path)
    arguments = parser.parse_args()
    files, commands = parse(arguments.transcript)
    if not commands:
        sys.exit(f"{arguments.transcript}: no commands")
    environment = {
        "PATH": f"{arguments.bin.resolve()}:{os.environ['PATH']}",
        "LC_ALL": "C", "TERM": "dumb",
    }
    failed = 0
    # Code may still be compiled for the cache of a program that has ended.
    with tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True) as directory:
        environment["HOME"] = environment["TMPDIR"] = directory
        for name, lines in files.items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(line + "\n" for line in lines))
            if path.suffix == ".wat":
                subprocess.run([arguments.wat2wasm, "--enable-all",
                                "--debug-names", path, "-o",
                                path.with_suffix(".wasm")], check=True)
        for command in commands:
            failures = replay(command, directory, environment)
            if failures:
                failed += 1
                print(f"{arguments.transcript}:{command.line}: $ {command.text}")
                print("\n".join(failures))
    print(f"{len(commands) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
