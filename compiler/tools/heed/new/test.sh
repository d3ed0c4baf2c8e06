#!/usr/bin/env bash
# Checks the model, builds it, runs it, and says whether what comes out is right. HEED names the program; without it, `heed` on PATH is taken.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
heed=${HEED:-heed}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "failed: $*" >&2
  exit 1
}

# tokens TEXT: a safetensors file with the bytes of one text as the tensor `tokens`.
tokens() {
  local header="{\"tokens\":{\"dtype\":\"U8\",\"shape\":[1,${#1}],\"data_offsets\":[0,${#1}]}}"
  printf "\\x$(printf %x ${#header})\\0\\0\\0\\0\\0\\0\\0%s%s" "$header" "$1"
}

# The first byte of results in a safetensors file.
results() { echo $((8 + $(od -An -t u4 -N 4 "$1"))); }

$heed check model.heed
$heed build model.heed -o "$work/@NAME@"

tokens "Hello, world" >"$work/world"
tokens "Hello, there" >"$work/there"
for text in world there; do
  "$work/@NAME@" run forward --inputs "$work/$text" --outputs "$work/$text.out"
done

# Scores at a place know what stands before it, and nothing of what comes: 7 places, 256 scores, 4 bytes each.
same=$((7 * 256 * 4))
at=$(results "$work/world.out")
cmp -s -n $same -i "$at" "$work/world.out" "$work/there.out" || fail "scores depend on what comes later"
! cmp -s "$work/world.out" "$work/there.out" || fail "scores do not depend on the text"

# Weights that are saved and loaded give the same scores.
"$work/@NAME@" save --seed 7 -o "$work/weights.safetensors"
"$work/@NAME@" run forward --seed 7 --inputs "$work/world" --outputs "$work/drawn.out"
"$work/@NAME@" run forward --weights "$work/weights.safetensors" --inputs "$work/world" --outputs "$work/loaded.out"
cmp -s "$work/drawn.out" "$work/loaded.out" || fail "weights that were saved give other scores"

echo "@NAME@ works"
