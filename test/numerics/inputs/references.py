"""Each function of reference/ that is named after a file here is named after one of its entries: none is left unused."""
import inspect
import os
import sys

here = os.path.join(os.path.dirname(__file__), "..")
sys.path.insert(0, here)
import reference

texts = {}
for name in os.listdir(here):
    if name.endswith(".heed"):
        with open(os.path.join(here, name)) as file:
            texts[name[: -len(".heed")].replace("-", "_")] = file.read()
unused = [
    name
    for name, function in inspect.getmembers(reference, inspect.isfunction)
    for stem, text in texts.items()
    if name.startswith(stem + "_") and f"  fn {name[len(stem) + 1:]}(" not in text
]
sys.exit(f"without an entry: {', '.join(unused)}" if unused else 0)
