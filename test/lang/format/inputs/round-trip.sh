# usage: round-trip.sh SCRATCH FILE…   Fails if a formatted file has another tree (but for positions), or changes when formatted again.
scratch=$1
shift
for file in "$@"; do
  heed-front format "$file" > "$scratch.heed" || exit 1
  heed-front format "$scratch.heed" | diff "$scratch.heed" - || exit 1
  heed-front ast "$file" | sed 's/ @[0-9:]*$//' > "$scratch.before"
  heed-front ast "$scratch.heed" | sed 's/ @[0-9:]*$//' | diff "$scratch.before" - || { echo "$file: another tree"; exit 1; }
done
