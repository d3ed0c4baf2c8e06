# One line for each model of the programs and examples, then the errors that it is refused for. Arguments: programs, examples, stdlib.
shopt -s nullglob
for file in "$1"/*.heed "$2"/*/*.heed; do
  for model in $(sed -n 's/^model \([A-Za-z0-9_]*\).*/\1/p' "$file"); do
    echo "$(basename "$(dirname "$file")")/$(basename "$file") $model"
    heed-front check "$file" "$3" "$model" 2>&1 | sed -n 's/^error/  error/p' | sort -u
  done
done
