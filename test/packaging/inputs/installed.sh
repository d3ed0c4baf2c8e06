#!/usr/bin/env bash
# usage: installed.sh BUILD SOURCE COMMAND…
# Installs Heed, moves the installation elsewhere, and runs COMMAND with it in a folder beside it that holds copies of examples/, of
# page.py and of use.sh. Where the system allows it, neither the build tree nor the source tree is there meanwhile.
set -euo pipefail
build=$1 source=$2
shift 2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$build" --prefix "$place/made" >/dev/null
mv "$place/made" "$place/moved"
mkdir "$place/work"
cp -r "$source/examples" "$source/test/docs/page.py" "$source/test/packaging/inputs/use.sh" "$place/work"

export PREFIX=$place/moved CC=clang CXX=clang++ CMAKE_GENERATOR=Ninja
export PATH=$PREFIX/bin:$PATH
cd "$place/work"
hide=(unshare --map-root-user --mount)
if "${hide[@]}" mount -t tmpfs none "$source" 2>/dev/null; then
  "${hide[@]}" bash -c 'for tree in "$1" "$2"; do [ ! -d "$tree" ] || mount -t tmpfs none "$tree"; done; shift 2; "$@"' - "$build" "$source" "$@"
else
  "$@"
fi
