"""docs/builtins.md, from the .def files of lang/check: names that are there without being declared, and what a recipe can say."""
import re

intro = """# Names that are always there

A declaration of the same name hides these, and so does anything local. What stands in brackets may be given by name.

This page is made from `lang/check/Builtins.def` and `lang/check/Recipes.def` by `./dev docs`.

| | |
| --- | --- |
"""
recipes = """
## In a recipe

A recipe says `entry = …`. On the right-hand side there are, besides the file's own names, the ones below. What a data source gives are an objective's inputs.

| | |
| --- | --- |
"""
plurals = {"Source": "data sources", "Tokenizer": "tokenizers", "Optimizer": "optimizers", "Schedule": "schedules of a rate",
           "Amount": "amounts and intervals", "Metric": "measures"}


def page(root):
    return intro + table(named(root)) + recipes + table(said(root))


def table(groups):
    return "".join(f"| {title} | {', '.join(names)} |\n" for title, names in groups.items() if names)


def called(name, options):
    return f"`{name}`" + (f" [{', '.join(options.split())}]" if options else "")


def named(root):
    groups, title = {}, ""
    for line in (root / "lang/check/Builtins.def").read_text(encoding="utf-8").split("\n"):
        comment = re.match(r"// (.*)", line)
        found = re.match(r'HEED_(FUNCTION|DRAW|VALUE|CAST)\((\w+)(?:, "([^"]*)")?\)', line)
        if comment:
            title = comment[1]
        elif found:
            kind = {"VALUE": "values", "CAST": "element types, and casts to them"}.get(found[1], title)
            groups.setdefault(kind, []).append(called(found[2], found[3]))
    return groups


def said(root):
    groups = {"entries": []}
    for line in (root / "lang/check/Recipes.def").read_text(encoding="utf-8").split("\n"):
        if found := re.match(r"HEED_SETTING\((\w+)\)$", line):
            groups["entries"].append(f"`{found[1]}`")
        elif found := re.match(r'HEED_RECIPE_NAME\((\w+), (\w+), "([^"]*)"\)$', line):
            groups.setdefault(plurals.get(found[1], found[1]), []).append(called(found[2], found[3]))
        elif found := re.match(r'HEED_SOURCE\((\w+), "([^"]*)", "([^"]*)"\)$', line):
            fields = ", ".join(f"`{field}`" for field in found[3].split())
            groups.setdefault(plurals["Source"], []).append(f"{called(found[1], found[2])} gives {fields}")
    return {title: (["; ".join(names)] if title == plurals["Source"] else names) for title, names in groups.items()}
