#!/usr/bin/env python3
"""Makes the mistakes that a table describes, each in a program that was right, and prints what a person is told.

usage: break.py TABLE STDLIB FOLDERS…

An entry of a table says which program is broken and how, then lines that are taken out and lines that come instead:

    == gpt.heed: a comma between parameters is missing
    -  vocab:   int   = config("vocab_size", 50257),
    +  vocab:   int   = config("vocab_size", 50257)

What stands behind `-` must occur in the program; the first place is changed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def entries(text):
    for entry in re.split(r"^== ", text, flags=re.M)[1:]:
        head, *lines = entry.rstrip("\n").split("\n")
        old = "\n".join(line[1:] for line in lines if line.startswith("-"))
        new = "\n".join(line[1:] for line in lines if line.startswith("+"))
        yield head, old, new


def told(path, stdlib):
    """What is told of each model of a file and of its recipes, each message once."""
    names = re.findall(r"^model\s+(\w+)", path.read_text(errors="replace"), re.M)
    runs = [["check", path, stdlib, name] for name in names] + [["recipes", path, stdlib]]
    if not names: # blocks and functions, which another file uses
        runs = [["names", path, stdlib], ["check", path.with_name("pieces.heed"), stdlib]]
    seen = []
    for run in runs:
        result = subprocess.run(["heed-front", *map(str, run)], capture_output=True, text=True, timeout=60)
        if result.returncode not in (0, 1):
            sys.exit(f"heed-front ends with {result.returncode} on:\n{path.read_text()}")
        seen += [each for each in result.stderr.strip("\n").split("\n\n") if each and each not in seen]
    return seen


def main(table, stdlib, *folders):
    wrong = 0
    for head, old, new in entries(pathlib.Path(table).read_bytes().decode()):
        file = head.split(":")[0]
        folder = next(pathlib.Path(f) for f in folders if (pathlib.Path(f) / file).exists())
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
            path = pathlib.Path(scratch) / file
            text = path.read_text()
            if old not in text:
                sys.exit(f"{table}: `{head}` changes what is not in the program: {old}")
            path.write_bytes(text.replace(old, new, 1).encode())
            messages = told(path, stdlib)
        print(f"== {head}")
        print("\n\n".join(m.replace(scratch + "/", "").replace(str(stdlib) + "/", "") for m in messages) or "nothing is told")
        print()
        wrong += not messages
    return wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
