"""Does what a page of docs/ says, in a folder of its own.  usage: page.py PAGE FOLDER [--update] [--keep]  (with the programs on PATH)

Blocks are taken in their order; what stands behind ``` says what to do with one:
  heed [FILE]        `heed check` accepts it, and so does the compiler up to tensor IR; FILE: it is also kept under this name
  heed checked       `heed check` accepts it, and the compiler says that it does not compile it yet
  heed wrong         `heed check` refuses it; what it says is the block without a word that follows, where the file is example.heed
  sh [fails]         is run by bash, and succeeds, or fails; what it prints is the block without a word that follows, if there is one
  c, cpp, … FILE     is kept under this name
  text, ebnf, …      is only read
In output, … stands for anything, also for several lines where it is alone on one. --update writes into the page what is printed now, where
the page has no …, and all that --help prints. --keep: the folder is there already, with what the page speaks of.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

page, folder, update = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "--update" in sys.argv
if "--keep" not in sys.argv:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
faults, updates = [], []  # updates: (line of the block that is replaced, what stands there, what is printed)


def blocks():
    """(line, words behind the fence, content)."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^(`{3,})([^\n`]*)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, found.start()) + 1, found[2].split(), found[3]


def run(command):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def fits(expected, printed):
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        anything = re.fullmatch(r"\s*\[?…\]?\s*", line)
        pattern += r"(?:.*\n)*" if anything else ".*".join(map(re.escape, re.split(r"\[?…\]?", line.rstrip()))) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n")


def do(line, words, content, shown):
    """Runs one block; `shown` is the (line, text) of the output that the page gives, or None."""
    def fault(text, printed=""):
        faults.append(f"{page.name}:{line}: {text}\n{printed}")

    kind, rest = (words + [""])[0], words[1:]
    if kind == "heed":
        wrong, checked = "wrong" in rest, "checked" in rest
        name = next((word for word in rest if word.endswith(".heed")), "example.heed")
        (folder / name).write_text(content, encoding="utf-8")
        status, printed = run(f"heed check {name}")
        if bool(status) != wrong:
            return fault("`heed check` accepts this" if wrong else "`heed check` refuses this", printed)
        if wrong and shown is not None and not fits(shown[1], printed):
            fault("`heed check` says something else", printed)
        if not wrong and len(re.findall(r"^model ", content, re.MULTILINE)) == 1:
            status, printed = run(f"heed build {name} --emit=heed -o emitted")
            if bool(status) != checked or (checked and "not compiled yet" not in printed):
                fault("this is compiled now" if checked else "this is not compiled", printed)
    elif kind == "sh":
        status, printed = run(content)
        if bool(status) != ("fails" in rest):
            fault(f"this ends with status {status}", printed)
        elif shown is not None and not fits(shown[1], printed):
            if update and ("--help" in content or "…" not in shown[1]):
                updates.append((*shown, printed))
            else:
                fault("this prints something else", printed)
    elif rest:
        (folder / rest[0]).write_text(content, encoding="utf-8")


found = list(blocks())
for (line, words, content), following in zip(found, found[1:] + [(0, ["none"], "")]):
    if words:
        do(line, words, content, None if following[1] else (following[0], following[2]))
if updates:
    lines = page.read_text(encoding="utf-8").split("\n")
    for line, before, printed in reversed(updates):
        lines[line : line + before.count("\n")] = printed.rstrip("\n").split("\n")
    page.write_text("\n".join(lines), encoding="utf-8")
    print(f"{page} was brought up to date")
print("\n".join(faults))
sys.exit(bool(faults))
