"""docs/ops.md and docs/attributes.md, from compiler/dialect/*.td."""
import re

from tablegen import fenced, listed, sections, summary, told

intro = """# The ops of the heed dialect

`heed build model.heed --emit=heed` shows a model in these ops, `--emit=kernels` the same in kernels. `heed-opt` reads both.

{about}

Every op that computes answers four questions: its meaning in f64 (`evaluate`), its gradient (`differentiate`), how far it reads into a
stream (`stream`), what it costs (`cost`). C1, C2, … are what its verifier asks; a message names the label. [Attributes](attributes.md) have a page of their own.

This page is made from `compiler/dialect/*.td` by `./dev docs`.
"""
td = "compiler/dialect/HeedOps.td"


def page(root):
    told_ops = told(root, "-gen-op-doc", td, "-dialect=heed")
    ops = {re.search(r"::heed::(\w+)\)", heading)[1]: (heading.split("`")[0], body) for heading, body in told_ops.items()}
    dialect = (root / "compiler/dialect/HeedDialect.td").read_text(encoding="utf-8")
    about = re.search(r"def Heed_Dialect.*?description = \[\{\n(.*?)\n\s*\}\]", dialect, re.DOTALL)[1]
    text = intro.format(about=re.sub(r"^    ", "", about, flags=re.MULTILINE).strip())
    for title, names in sections(root, td, r"def Heed_(\w+Op)\b"):
        text += f"\n## {title.capitalize()}\n" + "".join(op(*ops[name]) for name in names)
    return text


def op(name, body):
    says, rest = summary(body)
    syntax = re.search(r"\nSyntax:\n\n```\n(.*?)```\n", rest, re.DOTALL)
    description = rest[: re.search(r"\n(Traits|Interfaces|Effects): |\n#### |\Z", rest).start()]
    description = description.replace(syntax[0], "\n") if syntax else description
    text = f"\n### `{name}`\n\n{says}.\n"
    if description.strip():
        text += f"\n{fenced(listed(description))}\n"
    if syntax:
        text += "\n```text\n" + re.sub(r"\n +", "\n    ", syntax[1]).strip() + "\n```\n"
    rows = [row(kind, *one) for kind in ("Operand", "Attribute", "Result") for one in table(rest, kind)]
    if rows:
        text += "\n" + "".join(rows)
    return text


def table(rest, kind):
    """(name, what it is) of each operand, attribute or result."""
    part = re.search(rf"#### {kind}s:\n\n(.*?)(?=\n#### |\Z)", rest, re.DOTALL)
    if not part:
        return []
    html = re.findall(r"<td><code>(\w+)</code></td><td>(.*?)</td><td>(.*?)</td>", part[1], re.DOTALL)
    return [(name, says) for name, _, says in html] or re.findall(r"^\| `(\w+)` \| (.*) \|$", part[1], re.MULTILINE)


def row(kind, name, says):
    return f"* {kind.lower()} `{name.rstrip('_')}`: {says.strip().replace('signless ', '')}\n"


attributes_intro = """# The attributes of the heed dialect

What stands in the text of [ops](ops.md) beside operands.

This page is made from `compiler/dialect/HeedDialect.td` by `./dev docs`.
"""


def attributes(root):
    found = told(root, "-gen-attrdef-doc", "compiler/dialect/HeedDialect.td")
    text = attributes_intro
    for heading, body in found.items():
        says, rest = summary(body)
        description = rest.split("#### Parameters:")[0]
        if "Syntax:" not in rest:  # the words have a part of their own
            text += f"\n## `{heading}`\n\n{says}.\n\n{listed(description)}\n"
    return text + words(root)


def words(root):
    text = "\n## Words\n\n| | is | of |\n| --- | --- | --- |\n"
    for name, body in told(root, "-gen-enum-doc", "compiler/dialect/HeedDialect.td").items():
        says, rest = summary(body)
        cases = ", ".join(f"`{case}`" for case in re.findall(r"\| `\d+` \| (\w+) \|", rest))
        text += f"| {name} | {says[0].lower() + says[1:]} | {cases} |\n"
    return text
