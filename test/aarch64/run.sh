#!/bin/sh
# Runs AArch64 code on a machine that is none: builds the runtime for AArch64,
# and runs its tests and the programs of test/programs under QEMU. The programs
# are compiled ahead by the dev build, which has to be there.
#
# usage: run.sh [CTEST-OPTION...]
set -eu
cd "$(dirname "$0")/../.."
root=build/aarch64-root
build=build/aarch64

tools/install_packages.sh qemu-user-static mmdebstrap
[ -d "$root" ] || mmdebstrap --quiet --arch=arm64 --variant=extract \
  --include=libstdc++-12-dev,libabsl-dev,nettle-dev,libgtest-dev,libgmock-dev \
  bookworm "$root"

PKG_CONFIG_SYSROOT_DIR=$root \
PKG_CONFIG_LIBDIR=$root/usr/lib/aarch64-linux-gnu/pkgconfig \
cmake -G Ninja -S . -B "$build" -DWASIJIT_COMPILER=OFF \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=test/aarch64/toolchain.cmake
cmake --build "$build"

programs=$build/precompiled
mkdir -p "$programs"
for program in build/dev/test/programs/*.wasm; do
  build/dev/bin/wasijit compile --target aarch64 "$program" \
    -o "$programs/$(basename "$program")"
done
cp build/dev/test/programs/*.absent "$programs" 2>/dev/null || true
emulator="qemu-aarch64-static -L $PWD/$root"
test/programs/run_programs.py --precompiled --programs "$programs" \
  --runtime "$emulator $PWD/$build/bin/wasijit run --sandbox=off --allow-precompiled"
ctest --test-dir "$build" --output-on-failure "$@"
