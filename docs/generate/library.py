"""docs/standard-library.md, from the /// of stdlib/*.heed."""
import textwrap

from source import declarations

intro = """# The standard library

`std` is all of these files as one namespace. A model says `use std.{Linear, attention}`. Published architectures are on
[their own page](architectures/README.md).

This page is made from the `///` of `stdlib/*.heed` by `./dev docs`.
"""
order = ["linear", "embedding", "norm", "activation", "feed_forward", "attention", "mask", "score", "normaliser", "position", "dropout"]


def page(root):
    files = sorted((root / "stdlib").glob("*.heed"), key=lambda p: (order.index(p.stem) if p.stem in order else len(order), p.stem))
    return intro + "".join(section(path) for path in files)


def section(path):
    found = declarations(path.read_text(encoding="utf-8"))
    text = f"\n## {path.stem.replace('_', ' ').capitalize()}\n"
    for one in found:
        if one.kind == "file":
            text += f"\n{one.says}\n"
        elif not one.name.startswith("_"):
            text += entry(one)
    return text


def entry(one):
    """A declaration: how it is written, then what it means."""
    lines = one.header.split("\n") if one.kind == "type" else [one.header if one.kind != "name" else f"{one.name} = {{…}}"]
    for member in one.members:
        if not member.name.startswith("_"):
            lines.append("  " + member.header)
    code = "\n".join(wrapped(line) for line in lines)
    says = one.says + "".join(f"\n`{m.name}`: {m.says}" for m in one.members if m.says and m.name and not m.name.startswith("_"))
    return f"\n```text\n{code}\n```\n" + (f"\n{says}\n" if says.strip() else "")


def wrapped(line):
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return "\n".join(textwrap.wrap(line, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)) or line
