#!/bin/sh
# Installs what the tests need, builds everything and runs every test.
#
# usage: run.sh [PRESET [CTEST-OPTION...]]     (default: dev)
set -eu
cd "$(dirname "$0")/.."
preset=${1:-dev}
[ $# -eq 0 ] || shift

tools/install_packages.sh
# AssemblyScript's compiler is not a package of Debian. Where npm can fetch it,
# its test is run, else it is reported as skipped.
node_programs=$PWD/build/node/node_modules/.bin
if ! command -v asc >/dev/null && [ ! -x "$node_programs/asc" ] &&
    command -v npm >/dev/null; then
  npm install --silent --prefix build/node assemblyscript ||
    echo "npm cannot fetch assemblyscript; its test will be skipped." >&2
fi
PATH=$PATH:$node_programs
cmake --preset "$preset"
cmake --build --preset "$preset"
status=0
ctest --preset "$preset" "$@" || status=$?
python3 test/spec/counts.py "build/$preset/Testing/Temporary/LastTest.log" || true

for suite in testsuite wasi-testsuite; do
  [ -d "../shared/$suite" ] || {
    echo "ABSENT: the official suite ../shared/$suite; none of its tests ran." >&2
  }
done
exit $status
