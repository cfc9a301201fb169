#!/usr/bin/env python3
"""Runs a WASI program under the Wasmtime of the PyPI package `wasmtime`.

  wasmtime_wasi.py [--dir HOST[::GUEST]] [--env NAME=VALUE] [--argv0 NAME]
                   [--preload NAME=FILE] [--invoke FUNCTION] FILE [ARG...]

Exit status: the program's own, or 134 for a trap.
"""

import os
import sys

import wasmtime


def parse(arguments):
    options = {"--dir": [], "--env": [], "--preload": [],
               "--argv0": None, "--invoke": None}
    while arguments and arguments[0].startswith("--"):
        name, value, *arguments = arguments
        if isinstance(options[name], list):
            options[name].append(value)
        else:
            options[name] = value
    return options, arguments[0], arguments[1:]


def wasi_config(options, file, arguments):
    config = wasmtime.WasiConfig()
    config.argv = [options["--argv0"] or os.path.basename(file), *arguments]
    config.env = [tuple(entry.split("=", 1)) for entry in options["--env"]]
    for directory in options["--dir"]:
        host, _, guest = directory.partition("::")
        config.preopen_dir(host, guest or host)
    config.inherit_stdin()
    config.inherit_stdout()
    config.inherit_stderr()
    return config


def convert(kind, text):
    return float(text) if str(kind).startswith("f") else int(text)


def call(store, exports, name, arguments):
    if "_initialize" in exports and name != "_start":
        exports["_initialize"](store)
    function = exports[name]
    kinds = function.type(store).params
    result = function(store, *map(convert, kinds, arguments))
    if result is not None:
        print(result)


def run(options, file, arguments):
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    store.set_wasi(wasi_config(options, file, arguments))
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    for preload in options["--preload"]:
        name, _, path = preload.partition("=")
        linker.define_module(store, name,
                             wasmtime.Module.from_file(engine, path))
    instance = linker.instantiate(store,
                                  wasmtime.Module.from_file(engine, file))
    call(store, instance.exports(store), options["--invoke"] or "_start",
         arguments)


def main():
    options, file, arguments = parse(sys.argv[1:])
    try:
        run(options, file, arguments)
    except wasmtime.ExitTrap as exit_trap:
        return exit_trap.code
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        print(error, file=sys.stderr)
        return 134 if isinstance(error, wasmtime.Trap) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
