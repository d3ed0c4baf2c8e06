"""Every public name of the standard library is used by a file whose RUN lines ask for the whole matrix, in f32 and in bf16."""
import glob
import os
import re
import sys

here = os.path.join(os.path.dirname(__file__), "..")
later = {"best", "sparsemax"}  # need `top` and `sort`, which are not lowered yet
within = {"bucket", "alibi_slope", "rotary_angles", "rotate", "rotate_interleaved"}  # of `relative`, `alibi`, `rotary` and its kin, which are tested

names = set()
for path in glob.glob(os.path.join(here, "../../stdlib/*.heed")):
    names |= set(re.findall(r"^(?:fn|block) ([A-Za-z]\w*)", open(path).read(), re.MULTILINE))
used = {"f32": set(), "bf16": set()}
for path in glob.glob(os.path.join(here, "*.heed")):
    text = open(path).read()
    imported = re.search(r"^use std\.(?:\{([^}]*)\}|(\w+))", text, re.MULTILINE)
    for line in re.findall(r"^// RUN: %matrix .*", text, re.MULTILINE) if imported else []:
        used["bf16" if "bf16" in line else "f32"] |= set(re.findall(r"\w+", imported[1] or imported[2]))
missing = [f"{precision}: {', '.join(sorted(names - later - within - known))}" for precision, known in used.items() if names - later - within - known]
sys.exit("\n".join(missing) or 0)
