# RUN: %python %s
"""One name in every spelling: the pass FuseNorm is in FuseNorm.cpp, is called heed-fuse-norm, and has a test fuse-norm.mlir; a
wall, which only fails, has verify-….mlir or verify-…-errors.mlir."""
import os
import re

from tree import done, fault, files, read


def kebab(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


names = {os.path.basename(path) for path in files(".cpp", under="compiler") + files(".mlir", under="test/compiler")}
passes = [found for path in files(".td", under="compiler") for found in re.findall(r'^def (\w+) *: *Pass<"([^"]+)"', read(path), re.MULTILINE)]
for name, flag in passes:
    if flag != "heed-" + kebab(name):
        fault(f"the pass {name} has the flag {flag}, not heed-{kebab(name)}")
    for wanted in ([f"{name}.cpp"], [f"{kebab(name)}.mlir", f"{kebab(name)}-errors.mlir"]):
        if not names.intersection(wanted):
            fault(f"the pass {name} has no {wanted[0]}")
if not passes:
    fault("no pass was found")
done()
