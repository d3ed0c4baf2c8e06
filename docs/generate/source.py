"""What a .heed file declares, read line by line: documentation, attributes, headers, members. It relies on `heed format`: a declaration
begins in column 0, a member in column 2."""
import re
from dataclasses import dataclass, field


@dataclass
class Declaration:
    kind: str  # block, model, fn, type or name
    name: str
    header: str  # up to the body
    says: str = ""  # the lines behind ///
    attributes: list = field(default_factory=list)
    body: str = ""
    members: list = field(default_factory=list)  # of a block or model: its functions


def declarations(text, indent=""):
    """Of a whole file, or with an indent those within a body. The first is the file's own documentation, of kind `file`."""
    lines, found, says, attributes, at = text.split("\n"), [], [], [], 0
    inside = re.compile(indent + r"(///|@|fn\b|block\b|model\b|type\b|[A-Za-z_]\w* = )" if not indent else indent + r"(///|@|fn\b)")
    while at < len(lines):
        line = lines[at]
        opens = inside.match(line)
        if opens and opens[1] == "///":
            says.append(line[len(indent) + 3 :].removeprefix(" "))
            at += 1
            continue
        if opens:
            end = endOf(lines, at, indent)
            whole = "\n".join(lines[at:end])
            if opens[1] == "@":
                attributes.append(whole)
            else:
                found.append(declaration(whole[len(indent) :], "\n".join(says), attributes))
                says, attributes = [], []
            at = end
            continue
        if says and not found and not indent and not line.strip() or says and line.startswith("use "):
            found.append(Declaration("file", "", "", "\n".join(says)))
        says, attributes = [], []
        at += 1
    return found


def endOf(lines, at, indent):
    """Behind the last line of what begins here: where its brackets are closed, and no deeper line follows."""
    depth = 0
    while True:
        line = re.sub(r'"[^"]*"|//.*', "", lines[at])
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        at += 1
        deeper = at < len(lines) and re.match(indent + r"\s+\S", lines[at])
        if depth <= 0 and not deeper:
            return at


def declaration(whole, says, attributes):
    kind, name = re.match(r"(fn|block|model|type)?\s*(\w*)", whole).groups()
    kind = kind or "name"
    cut = cutAt(whole) if kind in ("fn", "block", "model") else len(whole)
    header = re.sub(r"\s+", " ", whole[:cut]).strip()
    header = re.sub(r",? \)", ")", header).replace("( ", "(")
    body = whole[cut:]
    members = [m for m in declarations(body, "  ") if m.kind == "fn"] if kind in ("block", "model") else []
    return Declaration(kind, name, header, says, attributes, body, members)


def cutAt(whole):
    """Where the body begins: at the first `{` or ` = ` outside of brackets, behind the parameters."""
    depth = 0
    for at, c in enumerate(whole):
        if depth == 0 and at and (c == "{" or re.match(r"\s=\s", whole[at:])):
            return at
        depth += (c in "([{") - (c in ")]}")
    return len(whole)


def split(text):
    """Parts between commas outside of brackets."""
    parts, depth, quoted = [""], 0, False
    for c in text:
        quoted ^= c == '"'
        depth += 0 if quoted else (c in "([{") - (c in ")]}")
        if c == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def parameters(header):
    """(name, type, default) of the first list of parameters of a block or model."""
    inside, depth = "", 0
    for c in header[header.index("(") :]:
        depth += (c in "([{") - (c in ")]}")
        if depth == 0:
            break
        inside += c
    for part in split(re.sub(r"//[^\n]*", "", inside[1:])):
        name, _, rest = part.partition(":")
        kind, _, default = rest.partition(" = ")
        yield name.strip(), kind.strip(), default.strip()
