"""docs/passes.md, from compiler/pipelines/Passes.td, and the stages from Emit.def."""
import re

from tablegen import listed, sections, summary, told

intro = """# The passes of the compiler

A model goes through these passes in this order. Which of them make a stage is written in `compiler/pipelines/Pipelines.cpp`.
`heed-opt` runs them one by one.

```heed scaled.heed
model Scaled(width: int = 4) {{
  weight: param [width] = 1
  fn forward(x: [B, width]) -> [B, width] = 2 * x * weight
}}
```

```sh
heed build scaled.heed --emit=heed -o scaled.mlir
heed-opt --heed-form-kernels scaled.mlir | grep heed.kernel
```

```
      %0 = heed.kernel @rows rows (%x, %weight) {{
      %0 = heed.kernel @rows_1 rows () {{
```

The second kernel makes the parameter's initial value. `heed build --emit=STAGE` prints a module behind a stage:

| stage | holds |
| --- | --- |
{stages}
This page is made from `compiler/pipelines/Passes.td` by `./dev docs`.
"""
td = "compiler/pipelines/Passes.td"


def page(root):
    found = {heading.lstrip("-"): body for heading, body in told(root, "-gen-pass-doc", td).items()}
    emit = (root / "compiler/tools/heed/Emit.def").read_text(encoding="utf-8")
    stages = "".join(f"| `{name}` | {says} |\n" for name, says in re.findall(r'"(\w+)",\s*"([^"]+)"', emit))
    text = intro.format(stages=stages)
    for title, names in sections(root, td, r'def \w+ *: *Pass<"([^"]+)"'):
        stage, _, room = title.partition(": ")
        text += f"\n## Stage `{stage}` (`{room}`)\n" + "".join(one(name, found[name]) for name in names)
    return text


def one(name, body):
    says, rest = summary(body)
    description, _, options = rest.partition("#### Options")
    text = f"\n### `--{name}`\n\n{says}.\n"
    if description.strip():
        text += f"\n{listed(description)}\n"
    rows = re.findall(r"^-(\S+)\s*: (.*)$", options, re.MULTILINE)
    if rows:
        text += "\n| option | |\n| --- | --- |\n" + "".join(f"| `{flag}` | {what} |\n" for flag, what in rows)
    return text
