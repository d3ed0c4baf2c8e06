"""The repository as the checks see it: its own files, without what is built. A check prints a line for each fault and ends with `done`."""
import os
import sys

root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
faults = []


def files(*suffixes, under=""):
    """Paths relative to the root, in order."""
    found = []
    for folder, folders, names in os.walk(os.path.join(root, under)):
        folders[:] = sorted(f for f in folders if not ignored(f))
        for name in sorted(names):
            if not suffixes or name.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return found


def ignored(name):
    """What .gitignore says."""
    return name.startswith("build") or name in (".git", "out", "__pycache__", "Output")


def read(path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def fault(text):
    faults.append(text)


def done():
    for text in faults:
        print(text)
    sys.exit(bool(faults))
