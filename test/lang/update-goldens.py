#!/usr/bin/env python3
"""Rewrites what golden tests expect: for each test below this folder that ends in `| diff %s.expected -`, the output of what stands before.

usage: update-goldens.py BUILD   (then read the difference before you commit it)
"""
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
build = pathlib.Path(sys.argv[1]).resolve()
for test in sorted(here.rglob("*.heed")):
    found = re.match(r"// RUN: (?:not )?(.*) \| diff %s\.expected -\n", test.read_text(errors="replace"))
    if found:
        command = found[1].replace("%s", str(test)).replace("%S", str(test.parent)).replace("%stdlib", str(here.parents[1] / "stdlib"))
        output = subprocess.run(["bash", "-c", command], capture_output=True, env={"PATH": f"{build}/bin:/usr/bin:/bin"})
        pathlib.Path(f"{test}.expected").write_bytes(output.stdout)
for table in sorted(here.glob("mistakes/*.txt")):
    command = [here / "mistakes/break.py", table, here.parents[1] / "stdlib", here.parent / "programs"]
    output = subprocess.run([sys.executable, *command], capture_output=True, env={"PATH": f"{build}/bin:/usr/bin:/bin"})
    table.with_suffix(".expected").write_bytes(output.stdout)
