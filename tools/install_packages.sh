#!/bin/sh
# Installs the Debian 12 packages that building and testing need, and further
# ones if named; does nothing when all are there. As root, or through sudo.
#
# usage: install_packages.sh [PACKAGE...]
set -eu

packages="
  ca-certificates git cmake ninja-build ccache python3
  clang-22 lld-22 llvm-22-dev libstdc++-12-dev libzstd-dev zlib1g-dev
  libabsl-dev nettle-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  clang-format-22 llvm-22-tools libclang-rt-22-dev
  zsh fish
  wabt wasi-libc libc++-22-dev-wasm32 libclang-rt-22-dev-wasm32
  rustc libstd-rust-dev-wasm32
  $*
"

missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing, and only root can install them:$missing" >&2
    exit 1
  }
  as_root="sudo"
fi
echo "Installing:$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086  # A list of words.
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends $missing
