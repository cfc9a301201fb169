#!/usr/bin/env python3
"""Compares wasijit with native code and with the other runtimes installed.

  compare.py kernels   the programs of bench/programs
  compare.py startup   whole processes of hello world, in milliseconds:
                       wasijit-cold compiles, wasijit has the code in its
                       cache, wasijit-aot and wasijit-exe were compiled before
  compare.py startup --wasm FILE [--before=OPTION]... -- ARGUMENT...
                       the same of one program
  compare.py wasi      WASI calls beside the system's own, in nanoseconds
  compare.py front-end whole processes that only read a module of 16 MB, in MB
                       a second of processor time, beside wabt

Runs are interleaved: every engine runs a program once before any runs it
again, so that a slow minute of the machine falls on all of them. A cell is a
median. All engines must print the same; a difference ends in exit status 1.

Four clocks can be shown. `process` is what a user waits for: start-up,
compilation and the program. `kernel` is what the program says its rounds
took: the speed of the compiled code, with whatever compilation runs beside it.
`cpu` is the processor time of the process and all its threads, which says
something even on a machine that has other work. `first` is the time until the
program has printed something.

The engine wasijit-aot compiles ahead of time, before any clock starts.
"""

import argparse
import atexit
import dataclasses
import functools
import importlib.util
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import front_end_module
import wasi_calls

BENCH = pathlib.Path(__file__).resolve().parent
ENGINES = BENCH / "engines"
LARGEST_CACHED = 1 << 20  # bytes of a module that `wasijit run` caches
AWAIT_CACHED_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Engine:
    """How one engine runs a program: natively, or a command before the file."""
    name: str
    command: tuple = ()
    native: str = ""  # the directory of native programs, for such an engine
    compile: tuple = ()  # what makes of the file another one, which is run

    def command_for(self, program):
        if self.native:
            return [str(program.directory / self.native / program.name)]
        file = self.compiled(program) if self.compile else program.wasm
        return [*self.command, *program.before, str(file), *program.arguments]

    def compiled(self, program):
        return own_directory() / f"{program.label}.{self.name}"

    def prepare(self, program):
        if self.compile:
            subprocess.run([*self.compile, str(program.wasm), "-o",
                            str(self.compiled(program))], check=True)


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    variant: str
    directory: pathlib.Path
    wasm: pathlib.Path
    before: tuple = ()  # options
    arguments: tuple = ()

    @property
    def label(self):
        simd = "+simd" if self.variant == "simd" else ""
        return self.name + simd


@dataclasses.dataclass(frozen=True)
class Result:
    stdout: bytes
    status: int
    process: float  # seconds, all of them
    first: float  # NaN if there was no output
    cpu: float
    kernel: float  # NaN if the program did not say
    stderr: bytes


def wasmtime_command():
    """The command-line program, or the package from PyPI."""
    if shutil.which("wasmtime"):
        return ("wasmtime", "run")
    if importlib.util.find_spec("wasmtime"):
        return (sys.executable, str(ENGINES / "wasmtime_wasi.py"))
    return None


def installed_engines(options):
    """Name to engine, of all that this machine has."""
    engines = {"native": Engine("native", native="native")}
    if any((options.programs / "host").glob("*")):
        engines["native-host"] = Engine("native-host", native="host")
    commands = {
        "wasijit": (options.wasijit, "run") if options.wasijit else None,
        "node": ("node", "--no-warnings", str(ENGINES / "node_wasi.mjs")),
        "wasmtime": wasmtime_command(),
        "wavm": ("wavm", "run"),
        "wasmer": ("wasmer", "run"),
        "wasmedge": ("wasmedge",),
        "iwasm": ("iwasm",),
    }
    for entry in options.engine:
        name, _, command = entry.partition("=")
        commands[name] = tuple(command.split())
    for name, command in commands.items():
        if command and shutil.which(command[0]):
            engines[name] = Engine(name, command)
    if "wasijit" in engines:
        engines["wasijit-cold"] = Engine(
            "wasijit-cold", (options.wasijit, "run", "--no-cache"))
        engines["wasijit-aot"] = Engine(
            "wasijit-aot", (options.wasijit, "run", "--allow-precompiled"),
            compile=(options.wasijit, "compile"))
        engines["wasijit-exe"] = Engine(
            "wasijit-exe", compile=(options.wasijit, "compile", "--exe"))
    return engines


def kernel_programs(options):
    programs = []
    for variant in options.variants.split(","):
        for wasm in sorted((options.programs / variant).glob("*.wasm")):
            programs.append(
                Program(wasm.stem, variant, options.programs, wasm))
    return programs


def startup_programs(options):
    if options.wasm:
        return [Program(options.wasm.stem, "wasm", options.guests, options.wasm,
                        tuple(options.before), tuple(options.arguments))]
    return [Program(wasm.stem, "wasm", options.guests, wasm)
            for wasm in sorted(options.guests.glob("hello_*.wasm"))
            if wasm.stem != "hello_unstable"]


@functools.cache
def own_directory():
    """For caches and compiled programs: starts empty and leaves nothing."""
    directory = tempfile.TemporaryDirectory()
    atexit.register(directory.cleanup)
    return pathlib.Path(directory.name)


def execute(command):
    """Runs one process with as little between it and the clock as possible."""
    out, out_of_child = os.pipe()
    with tempfile.TemporaryFile() as err:
        actions = [(os.POSIX_SPAWN_DUP2, out_of_child, 1),
                   (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
        start = time.perf_counter()
        child = os.posix_spawnp(command[0], command, os.environ,
                                file_actions=actions)
        os.close(out_of_child)
        stdout = os.read(out, 1 << 16)
        first = time.perf_counter() - start if stdout else math.nan
        while more := os.read(out, 1 << 16):
            stdout += more
        os.close(out)
        _, wait_status, usage = os.wait4(child, 0)
        elapsed = time.perf_counter() - start
        err.seek(0)
        stderr = err.read()
    said = re.search(rb"seconds=([0-9.]+)", stderr)
    return Result(stdout, os.waitstatus_to_exitcode(wait_status), elapsed,
                  first, usage.ru_utime + usage.ru_stime,
                  float(said.group(1)) if said else math.nan, stderr)


def await_cached(programs, options):
    """Code is compiled for the cache when a program has ended, when nothing
    more urgent is to be done; that of large modules never."""
    expected = sum(p.wasm.stat().st_size <= LARGEST_CACHED for p in programs)
    for _ in range(AWAIT_CACHED_SECONDS):
        said = subprocess.run([options.wasijit, "cache", "stats"], check=True,
                              capture_output=True, text=True).stdout
        stored = re.search(r"stored: (\d+)", said)
        if stored and int(stored.group(1)) >= expected:
            return
        time.sleep(1)
    print("the cache is not filled yet", file=sys.stderr)


def measure(programs, engines, options):
    """{(program, engine): [Result, ...]}, interleaved."""
    results = {}
    arguments = [str(options.rounds)] if options.rounds is not None else []
    for engine in engines:
        for program in programs:
            engine.prepare(program)
            if options.mode == "startup":
                # Not counted: fills caches, the system's and the engine's own.
                execute(engine.command_for(program) + arguments)
    if options.mode == "startup" and any(e.name == "wasijit" for e in engines):
        await_cached(programs, options)
    for run in range(options.runs):
        for program in programs:
            for engine in engines:
                command = engine.command_for(program) + arguments
                result = execute(command)
                results.setdefault((program, engine), []).append(result)
                if options.verbose:
                    print(f"{run} {program.label} {engine.name} "
                          f"{result.process:.3f}", file=sys.stderr)
    return results


def disagreements(programs, engines, results):
    """One line for every program that failed or printed something else."""
    for program in programs:
        expected = results[program, engines[0]][0].stdout
        for engine in engines:
            for result in results[program, engine]:
                if result.status != 0:
                    tail = result.stderr.decode(errors="replace")[-500:]
                    yield (f"{program.label} under {engine.name}: status "
                           f"{result.status}: {tail.strip()}")
                    break
                if result.stdout != expected:
                    yield (f"{program.label} under {engine.name}: printed "
                           f"{result.stdout!r}, {engines[0].name} "
                           f"{expected!r}")
                    break


def figure_of(results, options):
    values = [getattr(r, options.clock) for r in results if r.status == 0]
    if not values:
        return math.nan
    return min(values) if options.best else statistics.median(values)


def table_of(programs, engines, results, options):
    """Header and rows. The first engine in its unit, the others as ratios."""
    scale, unit = (1, "s") if options.mode == "kernels" else (1000, "ms")
    ratios = {engine: [] for engine in engines[1:]}
    rows = []
    for program in programs:
        figures = [figure_of(results[program, e], options) for e in engines]
        row = [program.label, f"{figures[0] * scale:.3f}"]
        for engine, figure in zip(engines[1:], figures[1:]):
            ratio = figure / figures[0]
            if ratio > 0:
                ratios[engine].append(ratio)
            row.append(f"{ratio:.2f}" if options.mode == "kernels" else
                       f"{figure * scale:.2f}")
        rows.append(row)
    mean = ["geometric mean", ""]
    for engine in engines[1:]:
        values = ratios[engine]
        mean.append(f"{statistics.geometric_mean(values):.3f}" if values
                    else "-")
    if options.mode == "startup":
        mean[0] = f"mean, {engines[0].name} = 1"
    header = [options.mode, f"{engines[0].name} ({unit})",
              *(e.name for e in engines[1:])]
    return header, rows + [mean]


def front_end_table(options):
    """Rows of what reads which format, and how fast."""
    directory = tempfile.TemporaryDirectory()
    atexit.register(directory.cleanup)
    wasm = pathlib.Path(directory.name, "large.wasm")
    wat = wasm.with_suffix(".wat")
    program = options.programs / "wasm" / f"{options.filter or 'string_map'}.wasm"
    wasm.write_bytes(front_end_module.replicated(program.read_bytes(), 16 << 20))
    subprocess.run([options.wasijit, "wasm2wat", wasm, "-o", wat], check=True)
    output = str(wasm.with_suffix(".out"))
    tasks = [("decode, validate", wasm, {
        "wasijit": [options.wasijit, "validate", str(wasm)],
        "wabt": ["wasm-validate", str(wasm)],
    }), ("parse, validate", wat, {
        "wasijit": [options.wasijit, "wat2wasm", str(wat), "-o", output],
        "wabt": ["wat2wasm", str(wat), "-o", output],
    })]
    rows = []
    for task, file, commands in tasks:
        results = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                result = execute(command)
                if result.status != 0:
                    sys.exit(f"{' '.join(command)}: status {result.status}: "
                             f"{result.stderr.decode(errors='replace')}")
                results[name].append(result.cpu)
        size = file.stat().st_size / 1e6
        rows.append([task, f"{size:.1f}",
                     *(f"{size / min(times):.0f}" for times in results.values())])
    return ["front end", "MB", "wasijit (MB/s)", "wabt (MB/s)"], rows


def render(header, rows, markdown):
    if markdown:
        yield "| " + " | ".join(header) + " |"
        yield "|---|" + "---:|" * (len(header) - 1)
        for row in rows:
            yield "| " + " | ".join(row) + " |"
        return
    widths = [max(len(line[i]) for line in [header, *rows])
              for i in range(len(header))]
    for line in [header, *rows]:
        yield "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths)))


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("mode", choices=["kernels", "startup", "wasi",
                                         "front-end"])
    parser.add_argument("--build", type=pathlib.Path,
                        default=BENCH.parent / "build" / "release",
                        help="build directory of wasijit and the programs")
    parser.add_argument("--programs", type=pathlib.Path,
                        help="kernels; BUILD/bench/programs if not given")
    parser.add_argument("--guests", type=pathlib.Path,
                        help="hello worlds; BUILD/test/programs if not given")
    parser.add_argument("--wasijit",
                        help="executable; BUILD/bin/wasijit if not given")
    parser.add_argument("--engines", help="names, separated by commas; the "
                        "first is what the others are compared with")
    parser.add_argument("--engine", action="append", default=[],
                        metavar="NAME=COMMAND", help="one more engine")
    parser.add_argument("--wasm", type=pathlib.Path,
                        help="a program to start, instead of hello worlds")
    parser.add_argument("--before", action="append", default=[],
                        metavar="OPTION", help="what goes before its name, such "
                        "as --before=--dir --before=data::/data")
    parser.add_argument("--cpus", type=int, help="run on so many processors")
    parser.add_argument("--variants", default="wasm,simd")
    parser.add_argument("--filter", default="",
                        help="regular expression of program names")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--rounds", type=int,
                        help="argument of the kernels instead of their own")
    parser.add_argument("--clock", choices=["process", "kernel", "cpu", "first"])
    parser.add_argument("--best", action="store_true",
                        help="show the shortest time instead of the median, "
                        "for a machine that has other work")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--check", action="store_true",
                        help="run once, compare outputs, print no table")
    # What follows "--" is the program's.
    mine = sys.argv[1:]
    end = mine.index("--") if "--" in mine else len(mine)
    options = parser.parse_args(mine[:end])
    options.arguments = mine[end + 1:]
    options.programs = options.programs or options.build / "bench/programs"
    options.guests = options.guests or options.build / "test/programs"
    options.wasijit = options.wasijit or str(options.build / "bin/wasijit")
    startup = options.mode != "kernels"
    options.clock = options.clock or ("process" if startup else "kernel")
    if options.runs is None:
        options.runs = 1 if options.check else 20 if startup else 5
    return options


def chosen_engines(options):
    installed = installed_engines(options)
    if options.mode == "startup":
        installed = {n: e for n, e in installed.items() if not e.native}
    if options.wasm:
        # It has no place for options.
        installed.pop("wasijit-exe", None)
    if not options.engines:
        return list(installed.values())
    names = options.engines.split(",")
    missing = [name for name in names if name not in installed]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}; "
                 f"installed: {', '.join(installed)}")
    return [installed[name] for name in names]


def main():
    options = parse_options()
    os.environ["XDG_CACHE_HOME"] = str(own_directory())
    if options.cpus:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.cpus])
    if options.mode == "wasi":
        header, rows = wasi_calls.table(options.build.resolve(), options.runs,
                                        options.filter)
        print("\n".join(render(header, rows, options.markdown)))
        return 0
    if options.mode == "front-end":
        header, rows = front_end_table(options)
        print("\n".join(render(header, rows, options.markdown)))
        return 0
    engines = chosen_engines(options)
    programs = [p for p in (startup_programs(options)
                            if options.mode == "startup"
                            else kernel_programs(options))
                if re.search(options.filter, p.name)]
    if not programs or not engines:
        sys.exit("nothing to run: no program or no engine was found")
    results = measure(programs, engines, options)
    wrong = list(disagreements(programs, engines, results))
    if not options.check:
        header, rows = table_of(programs, engines, results, options)
        print("\n".join(render(header, rows, options.markdown)))
    for line in wrong:
        print(f"WRONG {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
