# RUN: %python %s
"""At most one definition of the standard library reads an architecture."""
import re

from tree import done, fault, files, read

readers = {}
for path in files(".heed", under="stdlib"):
    for name in re.findall(r'^@checkpoint\(\s*"([^"]*)"', read(path), re.MULTILINE):
        if name in readers:
            fault(f"{path}: reads {name}, as {readers[name]} does")
        readers[name] = path
        if not path.startswith("stdlib/models/"):
            fault(f"{path}: reads {name}; definitions of checkpoints are searched in stdlib/models only")
done()
