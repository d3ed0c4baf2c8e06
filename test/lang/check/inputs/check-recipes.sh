# The errors that recipes of the programs are refused for. Arguments: programs, stdlib.
for file in "$1"/*.heed; do
  heed-front recipes "$file" "$2" 2>&1 | sed -n "s/^error/$(basename "$file") error/p" | sort -u
done
exit 0
