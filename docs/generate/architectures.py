"""docs/architectures/, from stdlib/models/*.heed: which checkpoints are read, by which entries, and what of config.json is asked."""
import re

from library import wrapped
from source import declarations, parameters, split

intro = """# Published architectures

A checkpoint folder stands wherever a model's file may: `heed run DIR forward …` takes the definition that names the first of the
`architectures` in the folder's `config.json`. An entry takes its inputs and gives its results under the names of the checkpoints' own
library. A key that `config.json` does not have, or that is null there, has the value in the last column. `config.json` may hold other
keys; they are not read.

These pages are made from `stdlib/models/*.heed` by `./dev docs`.
"""


def pages(root):
    """{path below docs/: text}: an index, and a page a file."""
    texts = {p.stem: p.read_text(encoding="utf-8") for p in sorted((root / "stdlib/models").glob("*.heed"))}
    files = {name: declarations(text) for name, text in texts.items()}
    made, index = {}, intro + "\n| `architectures` | page |\n| --- | --- |\n"
    for name, found in files.items():
        kinds = [a for one in found for a in architectures(one)]
        if kinds:
            index += f"| {', '.join(f'`{kind}`' for kind in kinds)} | [`{name}`]({name}.md) |\n"
            made[f"architectures/{name}.md"] = section(name, found, [files[used] for used in usedBy(texts[name], files)])
    return {"architectures/README.md": index, **made}


def architectures(one):
    return [re.match(r'@checkpoint\("([^"]+)"', a)[1] for a in one.attributes if a.startswith("@checkpoint")]


def usedBy(text, files):
    """Definitions beside this one whose blocks it uses."""
    return [name for name in re.findall(r"^use (\w+)\.", text, re.MULTILINE) if name in files]


def section(name, found, used):
    text = f"# {name}.heed\n"
    for one in found:
        if one.kind == "file":
            text += f"\n{one.says}\n"
    for one in found:
        kinds = architectures(one)
        if kinds:
            entries = "\n".join(wrapped("  " + m.header) for m in one.members if m.name and not m.name.startswith("_"))
            text += f"\n{' and '.join(f'`{kind}`' for kind in kinds)}"
            text += (": " + one.says.replace("\n", " ") if one.says else "") + f"\n\n```text\n{one.name}\n{entries}\n```\n"
    rows = keys(found)
    for other in used:
        rows.update({key: value for key, value in keys(other).items() if key not in rows})
    if rows:
        text += "\n| config.json | sets | else |\n| --- | --- | --- |\n"
        text += "".join(f"| {key} | {sets} | `{default}` |\n" for key, (sets, default) in sorted(rows.items()))
    return text


def keys(found):
    """key or keys → what they set, and its value without them."""
    rows = {}
    for one in found:
        if one.kind in ("block", "model"):
            for name, _, default in parameters(one.header):
                asked, otherwise = chain(default)
                if asked:
                    rows.setdefault(", else ".join(f"`{key}`" for key in asked), (f"`{name}`", otherwise.replace("|", "\\|")))
    return rows


def chain(default):
    """config("a", config("b", 4)): its keys, and what stands at the end."""
    asked = []
    while default.startswith("config(") and default.endswith(")"):
        parts = split(default[len("config(") : -1])
        asked.append(parts[0].strip('"'))
        default = parts[1] if len(parts) > 1 else "an error"
    return asked, default
