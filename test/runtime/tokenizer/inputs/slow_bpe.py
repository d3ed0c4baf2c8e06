"""slow_bpe.py TEXT SIZE MERGES: learning of byte-level BPE in its plainest form, where all pairs are counted anew for every merge; the merges
must be those of the file MERGES. The text is of ASCII."""
import collections
import re
import sys

text, size, merges = sys.argv[1:]
pattern = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")
words = collections.Counter()
for line in open(text, encoding="ascii").read().splitlines(keepends=True):
    words.update(pattern.findall(line))

visible = [byte for byte in range(256) if 33 <= byte <= 126 or 161 <= byte != 173]
order = visible + [byte for byte in range(256) if byte not in visible]
tokens = [chr(byte if byte in visible else 256 + i - len(visible)) for i, byte in enumerate(order)]
ids = {token: i for i, token in enumerate(tokens)}
pieces = {word: [order.index(byte) for byte in word.encode()] for word in words}

learnt = []
while len(tokens) < int(size) - 1:  # one is <|endoftext|>
    counts = collections.Counter()
    for word, symbols in pieces.items():
        for pair in zip(symbols, symbols[1:]):
            counts[pair] += words[word]
    if not counts:
        break
    left, right = min(counts, key=lambda pair: (-counts[pair], pair))
    token = tokens[left] + tokens[right]
    if token not in ids:
        ids[token] = len(tokens)
        tokens.append(token)
    learnt.append(f"{tokens[left]} {tokens[right]}")
    for symbols in pieces.values():
        for i in range(len(symbols) - 1):
            if symbols[i : i + 2] == [left, right]:
                symbols[i : i + 2] = [ids[token]]

found = open(merges, encoding="utf-8").read().splitlines()[1:]
assert len(found) > 100, found
for i, (theirs, ours) in enumerate(zip(learnt, found)):
    assert theirs == ours, f"merge {i + 1} is {ours!r}, of the plain way {theirs!r}"
assert len(found) == len(learnt), (len(found), len(learnt))
