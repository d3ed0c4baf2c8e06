# RUN: %python %s
"""Every block of Heed in README.md and below examples/ is a program that `heed check` accepts (test/docs does more with the pages of docs/);
links lead to files, files that a page names in full are there, and every verb has its part of docs/commands.md or docs/commands-vocabularies.md."""
import os
import re
import subprocess
import tempfile

from tree import done, fault, files, read, root

for path in ["README.md"] + files(".md", under="examples"):
    text = read(path)
    for block in re.finditer(r"^```heed\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, block.start()) + 1
        with tempfile.NamedTemporaryFile("w", suffix=".heed") as file:
            file.write(block[1])
            file.flush()
            checked = subprocess.run(["heed", "check", file.name], capture_output=True, text=True)
        if checked.returncode != 0:
            fault(f"{path}:{line}: {checked.stderr.replace(file.name, os.path.basename(path))}")

rooms = "lang|compiler|runtime|stdlib|examples|test|docs"
for path in files(".md"):
    text = re.sub(r"^```.*?^```", "", read(path), flags=re.MULTILINE | re.DOTALL)
    for named in re.findall(rf"`((?:{rooms})/[\w./-]+\.\w+)`", text):
        if not os.path.exists(os.path.join(root, named)):
            fault(f"{path}: there is no {named}")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "code", text)):
        if not os.path.exists(os.path.join(root, os.path.dirname(path), link)):
            fault(f"{path}: a link leads to {link}, which is not there")

told = subprocess.run(["heed", "--help"], capture_output=True, text=True).stdout
commands = read("docs/commands.md") + read("docs/commands-vocabularies.md")
for verb in re.findall(r"^  ([\w-]+) ", told.partition("Subcommands:")[2].partition("First steps")[0], re.MULTILINE):
    if f"heed {verb} --help" not in commands:
        fault(f"docs/commands.md, docs/commands-vocabularies.md: nothing of `heed {verb}`")
done()
