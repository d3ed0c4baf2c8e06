"""corpus.py FORMAT FOLDER: the small ones of the malformed files that test/runtime/load has, and some that are valid, as a corpus."""
import importlib
import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "../../runtime/load/inputs"))
format, folder = sys.argv[1:]
module = importlib.import_module(format)
tensor = {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}
valid = {
    "safetensors": lambda: [module.file({"w": tensor, "b": tensor | {"data_offsets": [12, 24]}, "__metadata__": {"format": "pt"}}, bytes(24))],
    "index": lambda: [b'{"metadata": {"total_size": 9}, "weight_map": {"a": "1.safetensors", "b": "2.safetensors", "c": "1.safetensors"}}'],
    "config": lambda: [b'{"architectures": ["A"], "n": 3, "eps": 1e-05, "tied": true, "rope": {"type": null, "factors": [1.0, 2.5, [3]]}}'],
    "llama2c": lambda: [module.file(), module.file(module.FLOATS + 20, vocab_size=-5)],
}
part = {"index": "model.safetensors.index.json", "config": "config.json"}
os.makedirs(folder, exist_ok=True)
cases = valid[format]() + [files if isinstance(files, bytes) else files[part[format]] for _, files in module.cases()]
for number, content in enumerate(cases):
    if len(content) <= 4096:
        with open(os.path.join(folder, f"{number}"), "wb") as file:
            file.write(content)
