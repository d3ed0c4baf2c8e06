"""stages.py FOLDER: stages that few files have, in small vocabularies written into FOLDER, against what is known of them. Exits with 1 and
shows what differs."""
import subprocess
import sys

import families
from routes import field, write

wrong = 0


def check(name, found, expected):
    global wrong
    if found != expected:
        wrong += 1
        print(name, repr(found), repr(expected), sep="\n  ")


def words(*known, **stages):
    """Each piece that is known has an id from 1 on, in that order."""
    return dict({"added_tokens": [], "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {w: i for i, w in enumerate(("[UNK]", *known))}}}, **stages)


def scripts():
    spec = words("Apples are ", "りんご 林檎", "どこで生れ", "。", "Yes", "ラーメン", "é", "e", "\u0301", " ", pre_tokenizer={"type": "UnicodeScripts"})
    texts = ["Apples are りんご 林檎", "どこで生れ。Yes", "ラーメン", "é", "e\u0301", " Yes", "  ", ""]
    check("scripts", families.ask(write("scripts/tokenizer.json", spec), texts, "tokenize"), [[1, 2], [3, 4, 5], [6], [7], [8, 9], [5], [], []])


def nmt():
    spec = words("a b", "ab", " ", normalizer={"type": "Nmt"})
    spaces, gone = "\t\n\f\r\u1680\u200b\u200f\u2028\u2029\u2581\ufeff\ufffd", "\x01\x08\x0b\x0e\x1f\x7f\x8f\x9f"
    texts = [f"a{c}b" for c in spaces + gone + "\u2007\x80"]
    check("nmt", families.ask(write("nmt/tokenizer.json", spec), texts, "tokenize"), [[1]] * len(spaces) + [[2]] * len(gone) + [[0]] * 2)


def replaced():
    spec = words("_a__b", "c", "é_", decoder={"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"Regex": "_+"}, "content": " "}, {"type": "Fuse"}]})
    check("replaced", families.ask(write("replaced/tokenizer.json", spec), [[1, 2, 3, 1]], "detokenize"), [" a bcé  a b"])


def no_dropout():
    for i, dropout in enumerate([None, 0, 0.0]):
        spec = dict(words(), model={"type": "BPE", "dropout": dropout, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]})
        check("dropout", families.ask(write(f"dropout-{i}/tokenizer.json", spec), ["abab"], "tokenize"), [[2, 2]])


def fairseq():
    """The ids of a model's pieces, as tokenizers of the two classes give them (Hugging Face transformers, tokenization_xlm_roberta.py and
    tokenization_camembert.py)."""
    model = b"".join(field(1, piece) for piece in [
        field(1, b"<unk>") + field(2, 0.0) + field(3, 2), field(1, b"<s>") + field(2, 0.0) + field(3, 3), field(1, b"</s>") + field(2, 0.0) + field(3, 3),
        field(1, b",") + field(2, -3.0), field(1, "\u2581a".encode()) + field(2, -1.0), field(1, b"b") + field(2, -2.0)])
    for family, comma, around, mask, unknown in [("XLMRoberta", 4, (0, 2), 7, 3), ("Camembert", 7, (5, 6), 10, 3)]:
        path = write(f"{family}/sentencepiece.bpe.model", model).parent
        write(f"{family}/tokenizer_config.json", {"tokenizer_class": f"{family}Tokenizer"})
        a, b = comma + 1, comma + 2
        check(family, families.ask(path, ["ab,b", "aqb"], "tokenize"), [[a, b, comma, b], [a, unknown, b]])
        check(family, families.ask(path, ["ab", "ab <mask>"], "tokenize", "--special"), [[around[0], a, b, around[1]], [around[0], a, b, mask, around[1]]])
        check(family, families.ask(path, [["ab", "a"]], "tokenize", "--special"), [[around[0], a, b, around[1], around[1], a, around[1]]])
        check(family, families.ask(path, [[around[0], a, b, comma, around[1]]], "detokenize"), ["ab,"])
    write("MBart/sentencepiece.bpe.model", model), write("MBart/tokenizer_config.json", {"tokenizer_class": "MBartTokenizer"})
    refused = subprocess.run(["heed", "tokenize", str(path.parent / "MBart")], input=b"a", capture_output=True)
    check("MBart", (refused.returncode, b"a `MBartTokenizer` gives other ids" in refused.stderr), (1, True))


if __name__ == "__main__":
    for each in (scripts, nmt, replaced, no_dropout, fairseq):
        each()
    sys.exit(wrong != 0)
