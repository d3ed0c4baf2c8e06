"""published.py FOLDER: what files of published models have that made ones had not, in small vocabularies written into FOLDER; the ids are those
that the library tokenizers (0.13.3, its Rust code) gives for the same files. Exits with 1 and shows what differs."""
import base64
import itertools
import struct
import sys

import families
import stages
from routes import write
from stages import check, words


def gaps():
    """GPT-4o's file has ids 0 to 199997, 199999 and 200018, the last two for special tokens that are in its vocabulary too."""
    spec = words("a", decoder={"type": "Fuse"})
    spec["added_tokens"] = [families.alike(id=4, content="<s>"), families.alike(id=9, content="<mask>")]
    spec["model"]["vocab"].update({"<s>": 4, "<mask>": 9})
    path = write("gaps/tokenizer.json", spec)
    check("gaps", families.ask(path, ["a<s>a<mask>"], "tokenize", "--special"), [[1, 4, 1, 9]])
    check("gaps", families.ask(path, [[1, 2, 9, 8, 1, 4]], "detokenize"), ["a<mask>a<s>"])
    table = write("gaps/pair/vocab.json", {"a": 0, "b": 1, "c": 2, "ab": 5, "d": 4})
    write("gaps/pair/merges.txt", b"#version: 0.2\na b\n")
    check("gaps", families.ask(table, ["abb"], "tokenize"), [[5, 1]])
    check("gaps", families.ask(table, [[5, 3, 1]], "detokenize"), ["abb"])


def compiled(rules):
    """SentencePiece's form of rules: a double array (darts-clone's), and what sequences are replaced by."""
    tree, strings = {}, b""
    for what, by in rules.items():
        node = tree
        for byte in what.encode():
            node = node.setdefault(byte, {})
        node[0] = len(strings)
        strings += by.encode() + b"\0"
    units, bases = {}, itertools.count(256, 256)

    def place(node, at, label):
        """The children of a unit lie at its place, changed by its offset and their bytes."""
        base = next(bases)
        units[at] = (base ^ at) << 10 | label | (256 if 0 in node else 0)
        for byte, inner in node.items():
            if byte == 0:
                units[base] = 1 << 31 | inner
            else:
                place(inner, base ^ byte, byte)

    place(tree, 0, 0)
    array = b"".join(struct.pack("<I", units.get(i, 1 << 31)) for i in range((max(units) | 255) + 1)) # 1 << 31: of no byte
    return struct.pack("<I", len(array)) + array + strings


def clusters():
    """A rule is looked for at the beginning of a grapheme cluster of up to five bytes, and then replaces all of it."""
    rules = compiled({"①": "1", "e\u0301": "é", "か\u3099": "が", "\r": " ", "か": "X", "a": "b", "ab": "c", "\u0600": "P"})
    texts = {"①": "1", "①\u0301": "1", "e\u0301": "é", "e\u0301\u0323": "é", "e\u0301\u0323\u0301": "e\u0301\u0323\u0301", "か\u3099": "X\u3099",
             "\r\n": " ", "\r\r\n": "  ", "ab": "bb", "a\u0301b": "bb", "か\u0301": "X", "\u0600a": "P", "\u0600か": "P", "a\u0903": "b", "a\u200d": "b",
             "1\u1112\u1161": "1\u1112\u1161", "①\n\u0301": "1\n\u0301", "": ""}
    known = sorted(set(texts.values()) - {""})
    spec = words(*known, normalizer={"type": "Precompiled", "precompiled_charsmap": base64.b64encode(rules).decode()})
    expected = [[known.index(becomes) + 1] if becomes else [] for becomes in texts.values()]
    check("clusters", families.ask(write("clusters/tokenizer.json", spec), list(texts), "tokenize"), expected)


def sums():
    """Of two ways that are as good, the first is taken; rounded to 24 bits, the sum of the other is the greater one."""
    spec = dict(words(), model={"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.2], ["aa", -1.1]]})
    check("sums", families.ask(write("sums/tokenizer.json", spec), ["aaa"], "tokenize"), [[1, 2]])


def scores():
    """The library reads -12.130167007446289 as -12.130167007446287; so of the ways to write T5's seven dashes another one is best."""
    spec = dict(words(), model={"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["\u2581", -2.0122928619384766], ["-", -5.129043102264404],
                                                                        ["---", -12.130167007446289]]})
    check("scores", families.ask(write("scores/tokenizer.json", spec), ["\u2581-------"], "tokenize"), [[1, 3, 3, 2]])


def places():
    """What is put before a text stands for its first character, and a space at its end is cut off from where the token begins."""
    vocab = {"\u2581": 0, "é": 1, "b": 2, "<unk>": 3}
    spec = dict(words(), normalizer={"type": "Prepend", "prepend": "\u2581"}, model={"type": "BPE", "unk_token": "<unk>", "vocab": vocab, "merges": []})
    check("places", families.ask(write("places/prepended/tokenizer.json", spec), ["éb"], "tokenize", "--offsets"), [[[0, 2], [0, 2], [2, 3]]])
    spec = dict(spec, normalizer=None, pre_tokenizer={"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True})
    check("places", families.ask(write("places/marked/tokenizer.json", spec), ["éb b"], "tokenize", "--offsets"), [[[0, 2], [0, 2], [2, 3], [3, 4], [4, 5]]])
    vocab = {"\u0120": 0, "\u010a": 1, "<s>": 2, "</s>": 3}
    spec = dict(words(), pre_tokenizer={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}, model={"type": "BPE", "vocab": vocab, "merges": []},
                post_processor={"type": "RobertaProcessing", "sep": ["</s>", 3], "cls": ["<s>", 2], "trim_offsets": True, "add_prefix_space": True})
    check("places", families.ask(write("places/cut/tokenizer.json", spec), ["  \n"], "tokenize", "--offsets"), [[[0, 0], [2, 2], [2, 3]]])


if __name__ == "__main__":
    for each in (gaps, clusters, sums, scores, places):
        each()
    sys.exit(stages.wrong != 0)
