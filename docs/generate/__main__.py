"""Writes the pages of docs/ that are made from the sources.  usage: python3 docs/generate [--check]

`./dev docs` calls this. With --check nothing is written: pages that would change are named, and the exit status is 1. mlir-tblgen is taken
from PATH.
"""
import pathlib
import sys

import architectures
import builtins_page
import library
import ops
import passes

root = pathlib.Path(__file__).resolve().parents[2]
docs = root / "docs"
pages = {
    "builtins.md": builtins_page.page(root),
    "standard-library.md": library.page(root),
    "ops.md": ops.page(root),
    "attributes.md": ops.attributes(root),
    "passes.md": passes.page(root),
    **architectures.pages(root),
}
check, stale = "--check" in sys.argv, []
for name, text in pages.items():
    path = docs / name
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        stale.append(name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
for path in docs.glob("architectures/*.md"):
    name = path.relative_to(docs).as_posix()
    if name not in pages:
        stale.append(name)
        if not check:
            path.unlink()
for name in stale:
    print(f"docs/{name} {'is not what its sources say; ./dev docs brings it up to date' if check else 'was brought up to date'}")
sys.exit(check and bool(stale))
