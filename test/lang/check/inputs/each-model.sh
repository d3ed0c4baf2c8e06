# What `heed-front` says of one file, model by model: its program, or its errors. Arguments: what is asked (check, checked), the file, the
# standard library, then for each model its name, with options behind it after commas.
mode=$1 file=$2 library=$3
shift 3
for model; do
  echo "$model"
  heed-front "$mode" "$file" "$library" ${model//,/ } 2>&1
done
exit 0
