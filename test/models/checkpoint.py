"""A checkpoint folder with random weights, computed by heed and by numpy: encoders, and encoders with decoders.

    checkpoint.py --work PATH ARCHITECTURE CONFIG [ENTRY ...] SIZES ...        SIZES: B=2,T=9

CONFIG is what config.json says beside the small sizes of SMALL, as JSON. Each entry named (default `forward`) is run on random inputs for
each list of sizes: by fast kernels, by plain ones, and by the interpreter; all must be what ARCHITECTURE_ENTRY of encoders.py makes of the
same weights. That reads the weights by the names that the library stores them under, so a name that the model has and encoders.py never
asks for is a mistake, and so is the reverse.
"""
import argparse
import json
import os
import re
import sys

import numpy

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "numerics"))
import encoders
import safetensors
from compare import DTYPES, Failed, Tensor, difference, draw, run, wide
from tolerance import tolerance

BERT = dict(vocab_size=31, hidden_size=12, num_attention_heads=3, num_hidden_layers=2, intermediate_size=20, max_position_embeddings=16)
T5 = dict(vocab_size=31, d_model=12, d_kv=5, d_ff=20, num_heads=3, num_layers=2, relative_attention_num_buckets=8,
          relative_attention_max_distance=16)
BART = dict(vocab_size=31, d_model=12, encoder_layers=2, decoder_layers=3, encoder_attention_heads=3, decoder_attention_heads=2,
            encoder_ffn_dim=20, decoder_ffn_dim=16, max_position_embeddings=16)
VIT = dict(hidden_size=12, num_attention_heads=3, num_hidden_layers=2, intermediate_size=20, image_size=12, patch_size=4)
SMALL = {"Bert": BERT, "Roberta": BERT, "XLMRoberta": BERT, "Albert": BERT | {"embedding_size": 8}, "T5": T5, "MT5": T5, "Bart": BART,
         "Marian": BART, "ViT": VIT}

WAYS = {"fast": [], "plain": ["--plain", "all"], "interpreted": ["--interpret"]}


class Asked(dict):
    """Weights by stored name, and which of them were asked for."""

    def __init__(self, weights):
        super().__init__(weights)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        if name not in self:
            raise Failed(f"the model stores no {name}")
        return super().__getitem__(name)


class Definition:
    """What the checker makes of the folder: the tensors that it reads, the entries."""

    def __init__(self, arguments):
        self.folder = f"{arguments.work}.checkpoint"
        os.makedirs(self.folder, exist_ok=True)
        with open(f"{self.folder}/config.json", "w") as file:
            json.dump({"architectures": [arguments.architecture], **arguments.config}, file)
        self.write({})
        self.text = run(["heed", "build", self.folder, "--emit=checked"])

    def write(self, weights):
        safetensors.write(f"{self.folder}/model.safetensors", weights)

    def stored(self):
        """{name: shape}, as stored."""
        shapes = {}
        for found in re.finditer(r"^param \S+: \[([\d, ]*)\]( stacked)?\n((?:  part .*\n)+)", self.text, re.MULTILINE):
            whole = [int(axis) for axis in found[1].split(", ")]
            for part in re.finditer(r'  part "(\S+)"(?: layer \d+)? at (\d+) \.\. (\d+)( transposed)?', found[3]):
                shape = [*whole[1 if found[2] else 0 : -1], int(part[3]) - int(part[2])]
                shapes[part[1]] = [*shape[:-2], shape[-1], shape[-2]] if part[4] else shape
        return shapes

    def inputs(self, entry):
        body = re.search(rf"^entry {entry} .*\n((?:  input .*\n)+)", self.text, re.MULTILINE)
        if not body:
            raise Failed(f"no entry {entry}")
        found = re.findall(r"  input (\w+)[.\d]*: (\w*)\[(.*?)\]", body[1])
        return [Tensor(name, False, element or "f32", axes.split(", ") if axes else []) for name, element, axes in found]


def drawn(tensor, sizes, config, classes, random):
    """Tokens of the vocabulary, a mask whose first place is valid, labels of which some do not count."""
    name = tensor.name
    if name.endswith("attention_mask"):
        mask = random.random(tensor.shape(sizes)) < 0.7
        mask[..., 0] = True
        return mask
    if tensor.type != "i32":
        return draw(tensor, sizes, None, random)
    most = {"token_type_ids": config.get("type_vocab_size", 2), "labels": classes}.get(name, config.get("vocab_size"))
    most = config.get("decoder_vocab_size", most) if name == "decoder_input_ids" else most
    most = sizes["T"] + 2 if name.endswith("_positions") else 2 if name.endswith("_label") else most
    array = random.integers(0, most, tensor.shape(sizes)).astype(numpy.int32)
    if name == "labels" and array.ndim == 2:
        array[random.random(array.shape) < 0.3] = -100
    return array


def one(arguments, definition, weights, entry, sizes, random):
    """What is wrong with one entry at some sizes, and which weights the reference asked for."""
    config, reference = arguments.config, getattr(encoders, f"{arguments.architecture}_{entry}")
    heads = [weights[name].shape[0] for name in weights if re.search(r"(classifier|out_proj)\.weight$", name) and "attn" not in name]
    classes = heads[-1] if heads and arguments.classes is None else arguments.classes or config.get("vocab_size")
    inputs = {t.name: drawn(t, sizes, config, classes, random) for t in definition.inputs(entry)}
    paths = {name: f"{arguments.work}.{name}" for name in ("inputs", "outputs")}
    safetensors.write(paths["inputs"], inputs)
    asked = Asked(wide(weights))
    expected = reference(asked, config, **wide(inputs))
    longest, faults = max(max(array.shape) for array in weights.values()), []
    for way, flags in WAYS.items():
        command = ["heed", "run", definition.folder, entry, "--inputs", paths["inputs"]]
        run([*command, "--outputs", paths["outputs"], *arguments.flags, *flags])
        found = safetensors.read(paths["outputs"])
        if found.keys() != expected.keys():
            faults.append(f"{entry} gives {', '.join(sorted(found))}, and numpy {', '.join(sorted(expected))}")
        for name in found.keys() & expected.keys():
            value = numpy.asarray(expected[name]).astype(DTYPES["f32"])
            fault = difference(name, found[name], value, tolerance(arguments.precision, longest))
            if fault:
                faults.append(f"{arguments.architecture}.{entry} {sizes} {way}: {fault}")
    return faults, asked.asked


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture")
    parser.add_argument("config")
    parser.add_argument("what", nargs="*", help="entries, and lists of sizes")
    parser.add_argument("--work", required=True, help="what the names of all files made begin with")
    parser.add_argument("--copy", action="append", default=[], metavar="NAME=COPY", help="a tensor that the file holds twice")
    parser.add_argument("--classes", type=int, help="labels are below this")
    parser.add_argument("--precision", default="f32")
    arguments = parser.parse_intermixed_args()
    family = next(family for family in SMALL if arguments.architecture.startswith(family))
    arguments.config = SMALL[family] | json.loads(arguments.config)
    arguments.flags = ["--precision", arguments.precision]
    arguments.entries = [word for word in arguments.what if "=" not in word] or ["forward"]
    lists = [word.split(",") for word in arguments.what if "=" in word]
    arguments.sizes = [{name: int(number) for name, number in (one.split("=") for one in words)} for words in lists]
    return arguments


def main():
    arguments = parsed()
    random = numpy.random.default_rng(1)
    try:
        definition = Definition(arguments)
        weights = {name: numpy.float32(0.5) * random.standard_normal(shape).astype(numpy.float32) for name, shape in definition.stored().items()}
        copies = {copy: weights[name] for name, copy in (pair.split("=") for pair in arguments.copy)}
        definition.write(weights | copies)
        faults, asked = [], set()
        for entry in arguments.entries:
            for sizes in arguments.sizes:
                wrong, names = one(arguments, definition, weights, entry, sizes, random)
                faults += wrong
                asked |= names
    except Failed as failed:
        sys.exit(str(failed))
    unread = sorted(weights.keys() - asked)
    sys.exit("\n".join(faults + [f"numpy never asks for {name}" for name in unread]) or 0)


main()
