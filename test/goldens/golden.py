"""golden.py OUTPUT NAME [CASE ...]: does the checkpoint folder NAME compute what its library computed?

Checks the folder, writes its weights back byte for byte, then runs its `forward` for each case (a, b and c unless told) and compares every result that expected.safetensors holds
for it, but for what layers compute in between. Three lines make a test of one more golden; see gpt2.test."""
import filecmp
import os
import subprocess
import sys

import compare

BETWEEN = ("hidden_states.", "attentions.", "encoder_hidden_states.", "decoder_hidden_states.", "encoder_attentions.", "decoder_attentions.",
           "cross_attentions.")


def heed(*arguments):
    print("heed", *arguments, flush=True)
    subprocess.run(["heed", *arguments], check=True)


output, name, *cases = sys.argv[1:]
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
expected = f"{folder}/expected.safetensors"
heed("check", folder)
heed("save", folder, "-o", f"{output}.safetensors")
failed = not filecmp.cmp(f"{folder}/model.safetensors", f"{output}.safetensors", shallow=False)
if failed:
    print("the weights that were written back are not those that were read")
for case in cases or ["a", "b", "c"]:
    if not any(tensor.startswith(f"{case}.") for tensor in compare.load(expected)[0]):
        continue
    actual = f"{output}.{case}.safetensors"
    heed("run", folder, "forward", "--prefix", f"{case}.", "--inputs", expected, "--outputs", actual)
    sys.argv = ["compare.py", expected, actual, "--only", f"{case}.", "--skip", *(f"{case}.{what}" for what in BETWEEN), "--all"]
    failed |= compare.main() != 0
sys.exit(failed)
