# What is wrong with the declarations of files that no model in them uses. Arguments: the files; the first lies in stdlib.
stdlib=$(dirname "$1")
status=0
for file in "$@"; do
  heed-front alone "$file" "$stdlib" || status=1
done
exit $status
