"""large.py FOLDER: how much memory `heed tokenize` takes more for a large vocabulary than for a small one of the same kind; at most twice
the file and 16 MB. Exits with 1 and says which take more."""
import itertools
import json
import pathlib
import resource
import struct
import subprocess
import sys

from hostile import JSON, LLAMA2C, MODEL, RULES, TABLE, LINES, piece, row

folder, failed = pathlib.Path(sys.argv[1]), False


def peak(path):
    """In bytes."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return 1024 * int(subprocess.run([sys.executable, "-c", code, "heed", "tokenize", str(path)], capture_output=True).stdout)


words = [f"word{i:x}" for i in range(100_000)]
parts = ["".join(letters) for length in range(1, 6) for letters in itertools.product("abcdefghij", repeat=length)]
rules = [cut for p in parts for cut in {(p[:1], p[1:]), (p[:-1], p[-1:])} if len(p) > 1]
large = {
    "merges/tokenizer.json": json.dumps(dict(JSON, added_tokens=[], post_processor=None, model={"type": "BPE", "vocab": {p: i for i, p in enumerate(parts)}, "merges": rules})),
    "tokenizer.json": json.dumps(dict(JSON, added_tokens=[], post_processor=None, model=dict(JSON["model"], merges=[], vocab={**{w: i for i, w in enumerate(words)}, "c": len(words)}))),
    "vocab.json": json.dumps({w: i for i, w in enumerate(words)}),
    "vocab.txt": LINES + "\n".join(words) + "\n",
    "spiece.model": MODEL + b"".join(piece(w, -1.0) for w in words),
    "tokenizer.bin": struct.pack("<i", 16) + LLAMA2C[4:] + b"".join(row(w.encode()) for w in words),
}
small = {"merges/tokenizer.json": json.dumps(JSON), "tokenizer.json": json.dumps(JSON), "vocab.json": json.dumps(TABLE), "vocab.txt": LINES, "spiece.model": MODEL, "tokenizer.bin": LLAMA2C}
for name in large:
    taken = []
    for size, content in (("small", small[name]), ("large", large[name])):
        path = folder / size / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (path.parent / "merges.txt").write_text(RULES if size == "small" else "#version: 0.2\n")
        taken.append(peak(path))
    most = 2 * path.stat().st_size + (16 << 20)
    print(f"{name}: {(taken[1] - taken[0]) / 1e6:.1f} MB for a file of {path.stat().st_size / 1e6:.1f} MB")
    failed |= taken[1] - taken[0] > most
sys.exit(failed)
