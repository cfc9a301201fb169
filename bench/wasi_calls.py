"""The table of `compare.py wasi`: what one WASI call takes, in nanoseconds.

The program wasi_bench times calls of a guest beside the same system calls made
directly; Node makes the guest's calls once more. Shortest times of many rounds:
what disturbs only ever adds.
"""

import json
import pathlib
import shutil
import subprocess

CALLS_INSIDE = 100  # of an iteration of wasi_bench
NODE_ROUNDS = 200
DRIVER = pathlib.Path(__file__).parent / "engines" / "node_wasi_calls.mjs"


def bench_times(build, runs, pattern):
    """{row: {"guest" or "host": nanoseconds}}, and {row: guest's call}."""
    program = build / "bin" / "wasi_bench"
    listing = subprocess.run([program, "--benchmark_list_tests"], check=True,
                             capture_output=True, text=True).stdout
    # They come back shuffled.
    order = {name: i for i, name in enumerate(listing.splitlines())}
    output = subprocess.run(
        [program, "--benchmark_format=json",
         f"--benchmark_repetitions={runs}", "--benchmark_min_time=0.02",
         "--benchmark_enable_random_interleaving=true",
         f"--benchmark_filter={pattern or '.'}"],
        check=True, capture_output=True, text=True).stdout
    times, calls = {}, {}
    for entry in sorted(json.loads(output)["benchmarks"],
                        key=lambda entry: order[entry["run_name"]]):
        if entry["run_type"] != "iteration":
            continue
        row, _, side = entry["run_name"].partition("/")
        best = times.setdefault(row, {})
        nanoseconds = entry["cpu_time"] / CALLS_INSIDE
        best[side] = min(best.get(side, nanoseconds), nanoseconds)
        if "label" in entry:
            calls[row] = entry["label"]
    return times, calls


def node_times(build, calls):
    if not shutil.which("node"):
        return {}
    module = build / "bench" / "modules" / "input_output.wasm"
    output = subprocess.run(
        ["node", "--no-warnings", DRIVER, module, str(NODE_ROUNDS),
         *calls.values()],
        check=True, capture_output=True, text=True).stdout
    found = json.loads(output)
    return {row: found[call] for row, call in calls.items()}


def table(build, runs, pattern):
    """Header and rows."""
    times, calls = bench_times(build, runs, pattern)
    node = node_times(build, calls)
    rows = []
    for row, best in times.items():
        guest, host = best["guest"], best.get("host")
        line = [row, f"{host:.0f}" if host else "-", f"{guest:.0f}",
                f"{guest / host:.2f}" if host else "-"]
        if node:
            line.append(f"{node[row]:.0f}")
        rows.append(line)
    header = ["wasi (ns)", "native", "wasijit", "ratio"]
    return header + (["node"] if node else []), rows
