"""What mlir-tblgen tells of a .td file, and how our pages show it."""
import pathlib
import re
import shutil
import subprocess


def told(root, generator, td, *flags):
    """The entries of a generated page: {heading: text}, headings without ### and ticks."""
    program = pathlib.Path(shutil.which("mlir-tblgen")).resolve()
    includes = [program.parents[1] / "include", root / "compiler/dialect"]
    text = subprocess.run([program, generator, *flags, *(f"-I{i}" for i in includes), root / td], check=True, capture_output=True,
                          text=True).stdout
    parts = re.split(r"^### (.*)\n", text, flags=re.MULTILINE)[1:]
    return {heading.strip("` "): body for heading, body in zip(parts[::2], parts[1::2])}


def sections(root, td, pattern):
    """(title of a `// ---- title ---` line, names that `pattern` finds below it), in the order of the .td file."""
    found = []
    for line in (root / td).read_text(encoding="utf-8").split("\n"):
        title, name = re.match(r"// ---- (.*?) -+$", line), re.match(pattern, line)
        if title:
            found.append((title[1], []))
        elif name and found:
            found[-1][1].append(name[1])
    return found


def summary(body):
    """The sentence in _…_, and what follows it."""
    found = re.match(r"\s*_(.*?)_\n(.*)", body, re.DOTALL)
    return (found[1].strip(), found[2]) if found else ("", body)


def listed(text):
    """C1: …. C2: …. as a list of its own."""
    at = re.search(r"(?:^|\s)(C1: )", text)
    if not at:
        return text.strip()
    wanted = re.split(r"\s*\bC\d+: ", re.sub(r"\s+", " ", text[at.start(1) :]))[1:]
    lines = "\n".join(f"* C{n}: {one.strip()}" for n, one in enumerate(wanted, 1))
    return f"{text[: at.start()].strip()}\n\n{lines}".strip()


def fenced(text):
    """Indented text between backticks keeps its language or gets `text`, so that nothing takes it for output."""
    return re.sub(r"^```\n(.*?)^```", r"```text\n\1```", text, flags=re.MULTILINE | re.DOTALL)
