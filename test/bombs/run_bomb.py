#!/usr/bin/env python3
"""Compiles and runs one module of bombs.py within limits.

usage: run_bomb.py --wasijit PROGRAM [--seconds S] [--mebibytes M] NAME...

In every mode a module must give its result, or be refused with a message that
says why if the table allows that, and take no more processor time and memory
than the limits. With --table a row for each name is printed instead.
"""

import argparse
import dataclasses
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import bombs

REFUSAL = "is too large: compiling it would take about"
# Ends what would never end; far above every limit.
MAX_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Outcome:
    status: int
    stdout: str
    stderr: str
    seconds: float
    mebibytes: float


def execute(command):
    """Runs a process to its end and sees what it took."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=err, preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Outcome(process.returncode, out.read().decode(),
                       err.read().decode(), usage.ru_utime + usage.ru_stime,
                       usage.ru_maxrss / 1024)


def outcomes(wasijit, directory, bomb):
    """Mode and what came out of it."""
    module = pathlib.Path(directory, "bomb.wasm")
    image = pathlib.Path(directory, "bomb.cwasm")
    module.write_bytes(bomb.module)
    run = [wasijit, "run", "--no-cache", "--invoke", "main"]
    yield "lazy", execute([*run, module])
    if not bomb.lazy_only:
        yield "-O0", execute([*run, "-O0", module])
        for level in ["", "-O1"]:
            flags = [level] if level else []
            compiled = execute(
                [wasijit, "compile", *flags, module, "-o", image])
            yield " ".join(["compile", *flags]), compiled
            if compiled.status == 0:
                yield " ".join(["image", *flags]), execute(
                    [*run, "--allow-precompiled", image])


def complaint(bomb, mode, outcome, options):
    """Why an outcome is wrong; empty if it is not."""
    if outcome.seconds > options.seconds:
        return f"takes {outcome.seconds:.2f} s of processor time"
    if outcome.mebibytes > options.mebibytes:
        return f"takes {outcome.mebibytes:.0f} MiB"
    if outcome.status != 0:
        refused = (outcome.status in (1, 134) and REFUSAL in outcome.stderr)
        if refused and bomb.may_be_refused:
            return ""
        return f"status {outcome.status}: {outcome.stderr[-500:]}"
    if mode.startswith("compile"):
        return ""
    if int(outcome.stdout) % 2**32 != bomb.result:
        return f"printed {outcome.stdout!r} instead of {bomb.result}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wasijit", required=True)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--mebibytes", type=float, default=512)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("names", nargs="*", default=list(bombs.BOMBS))
    options = parser.parse_args()
    failed = False
    for name in options.names:
        bomb = bombs.BOMBS[name]()
        cells = []
        with tempfile.TemporaryDirectory() as directory:
            for mode, outcome in outcomes(options.wasijit, directory, bomb):
                wrong = complaint(bomb, mode, outcome, options)
                failed |= bool(wrong)
                if wrong:
                    print(f"{name}, {mode}: {wrong}")
                cells.append(f"{mode} {outcome.seconds:.2f} s "
                             f"{outcome.mebibytes:.0f} MiB"
                             + (" refused" if outcome.status else ""))
        if options.table:
            print(f"{name}: {'; '.join(cells)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
