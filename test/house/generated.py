# RUN: %python %s
"""The pages of docs/ that are made from the sources are what their sources say; `./dev docs` writes them."""
import subprocess
import sys

from tree import done, fault, root

made = subprocess.run([sys.executable, f"{root}/docs/generate", "--check"], capture_output=True, text=True)
for line in (made.stdout + made.stderr).splitlines():
    fault(line)
if made.returncode and not made.stdout:
    fault("docs/generate failed")
done()
