# RUN: %python %s
"""Files stay under 600 lines, tests under 200, and the README of a room on one page."""
from tree import done, fault, files, read

for path in files(".cpp", ".h", ".c", ".td", ".def", ".heed", ".md", ".py", ".mlir", ".test"):
    length = len(read(path).splitlines())
    test = path.startswith("test/") and path.endswith((".mlir", ".test", ".heed", "Test.cpp"))
    page = path.endswith("/README.md")
    most = 60 if page else 200 if test else 600
    if length >= most:
        fault(f"{path}: {length} lines, must be under {most}")
done()
