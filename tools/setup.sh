#!/bin/sh
# Installs what the build needs, builds the release, and runs a program with it.
set -eu
cd "$(dirname "$0")/.."

tools/install_packages.sh
cmake --preset release
cmake --build --preset release --target wasijit guest_programs

echo
echo "\$ build/release/bin/wasijit build/release/test/programs/hello_cpp.wasm"
build/release/bin/wasijit build/release/test/programs/hello_cpp.wasm
