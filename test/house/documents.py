# RUN: %python %s
"""Every block of Heed in README.md and docs/ is a program that `heed check` accepts."""
import os
import re
import subprocess
import tempfile

from tree import done, fault, files, read

for path in ["README.md"] + files(".md", under="docs") + files(".md", under="examples"):
    text = read(path)
    for block in re.finditer(r"^```heed\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, block.start()) + 1
        with tempfile.NamedTemporaryFile("w", suffix=".heed") as file:
            file.write(block[1])
            file.flush()
            checked = subprocess.run(["heed", "check", file.name], capture_output=True, text=True)
        if checked.returncode != 0:
            fault(f"{path}:{line}: {checked.stderr.replace(file.name, os.path.basename(path))}")
done()
