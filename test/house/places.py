# RUN: %python %s
"""Everything has its place: no file at the top that does not belong there, a README in every room, no drawer for odds and ends, names in
their one spelling."""
import os
import re

from tree import done, fault, files, root

top = {".ci", ".clang-format", ".gitignore", "CMakeLists.txt", "LICENSE", "README.md", "compiler", "dev", "docs", "examples", "lang",
       "runtime", "stdlib", "test"}
rooms = ["lang", "compiler", "runtime", "stdlib", "test"] + [f"examples/{name}" for name in os.listdir(f"{root}/examples")]
spelled = {
    ".cpp": r"[A-Z][A-Za-z0-9]*|[a-z][a-z0-9_]*_test_main",  # C++ files: CamelCase
    ".h": r"[A-Z][A-Za-z0-9]*|heed(_[a-z]+)?",
    ".td": r"[A-Z][A-Za-z0-9]*",
    ".mlir": r"[a-z0-9]+(-[a-z0-9]+)*",  # tests: kebab-case
    ".test": r"[a-z0-9]+(-[a-z0-9]+)*",
    ".heed": r"[a-z0-9]+([-_][a-z0-9]+)*",
}

for name in sorted({path.split("/")[0] for path in files()}):
    if name not in top:
        fault(f"{name}: does not belong at the top")
for room in rooms:
    if not os.path.exists(f"{root}/{room}/README.md"):
        fault(f"{room}: has no README.md")
for path in files():
    stem, suffix = os.path.splitext(os.path.basename(path))
    if suffix in spelled and not re.fullmatch(spelled[suffix], stem):
        fault(f"{path}: the name is spelled in another way than its kin")
    if re.search(r"utils?|misc|helpers?|common", stem, re.IGNORECASE):
        fault(f"{path}: a name that says nothing about its subject")
done()
