"""Lists the kernels of a module at stage `kernels`: entry by entry their names, kinds and numbers of ops, `each turn:` before those of a repeat.

With names as arguments, only these entries."""
import re
import sys

entry = kernel = None
for line in sys.stdin:
    indent = len(line) - len(line.lstrip())
    if found := re.match(r" *heed\.entry @(\w+)", line):
        entry = found[1]
        if shown := not sys.argv[1:] or entry in sys.argv[1:]:
            print(entry)
    elif not entry or not shown:
        continue
    elif found := re.search(r"= heed\.kernel @(\S+) (\w+) \(", line):
        kernel, inside, ops = f"{found[1]} {found[2]}", indent, 0
    elif re.search(r"= heed\.repeat ", line):
        print("  each turn:")
    elif kernel and indent == inside + 2:
        ops += bool(re.search(r"= heed\.(index|attend) ", line))
    elif kernel and indent == inside and line.lstrip().startswith("}"):
        print(f"{' ' * (inside - 4)}{kernel} {ops}")
        kernel = None
