# RUN: %python %s
"""All C++ is as clang-format leaves it, all Heed as `heed format` does."""
import subprocess

from tree import done, fault, files, root

cpp = files(".cpp", ".h")
written = subprocess.run(["clang-format", "--dry-run", "--ferror-limit=1"] + cpp, cwd=root, capture_output=True, text=True).stderr
for line in written.splitlines():
    if "[-Wclang-format-violations]" in line:
        fault(line.split(": warning")[0] + ": clang-format writes this in another way")
heed = files(".heed", under="stdlib") + files(".heed", under="examples")
for line in subprocess.run(["heed", "format", "--check"] + heed, cwd=root, capture_output=True, text=True).stderr.splitlines():
    fault(line)
done()
