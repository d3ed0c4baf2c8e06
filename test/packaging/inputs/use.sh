# Goes through what an installed heed does: check, build with weights and vocabulary within, run, a new model and its test.
set -euo pipefail
stories=examples/stories
heed check $stories/model.heed
heed build $stories/model.heed --weights $stories/stories260K.bin --tokenizer $stories/tok512.bin -o story
./story generate --steps 16 --ids | cmp - <(head -n 16 $stories/expected_tokens.txt)
heed build $stories/model.heed --shared -o story.so
heed build $stories/model.heed --emit=heed | heed-opt --heed-normalise >normal.mlir
heed new first
first/test.sh
PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig pkg-config --exists 'heed >= 0.1'
if grep -rlI "$PREFIX" "$PREFIX"; then echo "these files know where they are"; fi
echo "all of it works in $PREFIX"
