#!/usr/bin/env python3
"""Holds the edges between folders: includes, CMake links, header guards.

usage: includes_test.py SOURCE_DIR
"""

import pathlib
import re
import sys

# A folder may include itself, the folders named here, and what those may
# include. The same holds for what its CMake target links.
EDGES = {
    "runtime/status": [],
    "runtime/module": ["runtime/status"],
    "runtime/abi": ["runtime/module"],
    "runtime/platform": ["runtime/abi"],
    "runtime": ["runtime/platform"],
    "wasi": ["runtime"],
    "compiler/syntax": ["runtime/module"],
    "compiler/binary": ["compiler/syntax"],
    "compiler/text": ["compiler/binary"],
    "compiler/validation": ["compiler/binary"],
    "compiler/target": ["runtime/abi"],
    "compiler/lowering": ["compiler/binary", "compiler/target"],
    "compiler/codegen": ["compiler/target"],
    "compiler/jit": ["compiler/validation", "compiler/lowering",
                     "compiler/codegen"],
    "compiler": ["compiler/text", "compiler/jit"],
    "tools": ["compiler", "wasi"],
}
# Everything may be included here.
UNRESTRICTED = {"bench", "test"}

# Include prefixes of third parties and the folders that may name them.
LIBRARIES = {
    "llvm/": {"compiler/target", "compiler/lowering", "compiler/codegen",
              "compiler/jit"},
    "gtest/": {"test"},
    "gmock/": {"test"},
    "benchmark/": {"bench"},
    "absl/": None,  # Everyone.
}
LLVM_TARGETS = {"wasijit_llvm"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
SYSTEM_INCLUDE = re.compile(r'^\s*#\s*include\s+<((?:llvm|absl)/[^>]+)>',
                            re.MULTILINE)
LIBRARY = re.compile(r'wasijit_library\(\s*(\w+)([^)]*)\)')
# Names by which a preprocessor knows the instruction set.
INSTRUCTION_SET = re.compile(
    r'^\s*#\s*(?:if|ifdef|ifndef|elif).*'
    r'(__x86_64|__amd64|__i386|__aarch64|__arm|__SSE|__AVX|__BMI|__ARM)',
    re.MULTILINE)
INSTRUCTION_SET_FILE = re.compile(r'^(arch|target)[_.]')


def closure(edges, folder):
    reached, pending = set(), [folder]
    while pending:
        current = pending.pop()
        if current not in reached:
            reached.add(current)
            pending.extend(edges[current])
    return reached


def folder_of(path, source_dir):
    """The key of EDGES that the file belongs to, or its top-level folder."""
    relative = path.relative_to(source_dir).parent
    for candidate in [relative, *relative.parents]:
        if candidate.as_posix() in EDGES:
            return candidate.as_posix()
    return relative.parts[0]


def sources(source_dir):
    for top in ["bench", "compiler", "runtime", "test", "tools", "wasi"]:
        for path in sorted((source_dir / top).rglob("*")):
            if path.suffix in {".h", ".cc", ".S", ".def"}:
                yield path


def guard_of(relative):
    return "WASIJIT_" + re.sub(r"[^A-Z0-9]", "_",
                               relative.as_posix().upper()) + "_"


def check_source(path, source_dir):
    folder = folder_of(path, source_dir)
    top = path.relative_to(source_dir).parts[0]
    # Programs that tests and benchmarks feed to the runtime are guests.
    if "programs" in path.relative_to(source_dir).parts:
        return
    text = path.read_text()
    for include in SYSTEM_INCLUDE.findall(text):
        yield f'<{include}>: write "{include}"'
    for include in INCLUDE.findall(text):
        library = next((l for l in LIBRARIES if include.startswith(l)), None)
        if library:
            allowed = LIBRARIES[library]
            if allowed and folder not in allowed and top not in UNRESTRICTED:
                yield f'"{include}": only {", ".join(sorted(allowed))} may'
            continue
        target = source_dir / include
        if not target.is_file():
            yield f'"{include}": no such file below the root'
            continue
        if top in UNRESTRICTED:
            continue
        included = folder_of(target, source_dir)
        if included not in closure(EDGES, folder):
            yield f'"{include}": {folder} may not include {included}'
    if not INSTRUCTION_SET_FILE.match(path.name):
        for match in INSTRUCTION_SET.findall(text):
            yield f"{match}: only arch_<isa> and target_<isa> files may ask"
    if path.suffix == ".h":
        guard = guard_of(path.relative_to(source_dir))
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"no include guard {guard}"


def check_cmake(source_dir):
    targets = {"wasijit_" + folder.replace("/", "_"): folder
               for folder in EDGES}
    for target, folder in targets.items():
        path = source_dir / folder / "CMakeLists.txt"
        if not path.is_file():
            yield path, "missing"
            continue
        declared = {name: dependencies for name, dependencies
                    in LIBRARY.findall(path.read_text())}
        if target not in declared:
            yield path, f"does not declare {target}"
            continue
        for dependency in re.findall(r"wasijit_\w+", declared[target]):
            if dependency in LLVM_TARGETS:
                if folder not in LIBRARIES["llvm/"]:
                    yield path, f"{folder} may not link {dependency}"
            elif dependency in targets and targets[dependency] not in closure(
                    EDGES, folder):
                yield path, f"{folder} may not link {targets[dependency]}"


def main():
    source_dir = pathlib.Path(sys.argv[1]).resolve()
    failures, count = list(check_cmake(source_dir)), 0
    for path in sources(source_dir):
        count += 1
        failures += [(path, message)
                     for message in check_source(path, source_dir)]
    for path, message in failures:
        print(f"{path.relative_to(source_dir)}: {message}")
    print(f"{count} files, {len(failures)} offences")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
