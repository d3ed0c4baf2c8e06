"""routes.py FOLDER MODEL: one vocabulary as the files of several kinds, written into FOLDER, makes the same ids of the same texts, and
the same text of them. MODEL is a SentencePiece model of kind Unigram. Exits with 1 and shows the first texts that differ."""
import base64
import json
import pathlib
import struct
import sys

import families
import plain

folder, unigram = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[-1])
MARK = plain.MARK
wrong = compared = 0


def varint(n):
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def field(number, value):
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(message):
    """Of a protocol buffer: number and value."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = message[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value
    while at < len(message):
        tag = number()
        size = {0: 0, 1: 8, 5: 4}.get(tag & 7)
        if tag & 7 == 0:
            yield tag >> 3, number()
            continue
        size = number() if size is None else size
        yield tag >> 3, message[at:at + size]
        at += size


def write(name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)).encode())
    return path


def agree(name, paths, texts, *flags):
    global wrong, compared
    answers = [families.ask(path, texts, "tokenize", *flags) for path in paths]
    back = [] if flags else [families.ask(path, answer, "detokenize") for path, answer in zip(paths, answers)]
    for text, *each in zip(texts, *answers, *back):
        compared += 1
        ids, read = each[:len(paths)], [t.replace(" \u2047 ", "<unk>") for t in each[len(paths):]]
        if any(i != ids[0] for i in ids) or any(t != read[0] for t in read):
            wrong += 1
            if wrong < 6:
                print(name, repr(text), *map(repr, each), sep="\n  ")


def llama2():
    """BPE with byte fallback: a SentencePiece model, and the tokenizer.json that is made of such."""
    words = [MARK + w for w in families.CORPUS.replace("\n", " ").split(" ") if w]
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    vocab, _ = families.trained(words, [], 200)
    ranked = list(vocab) + sorted({c for w in words for c in w} - set(vocab))
    pieces = special + ranked
    kinds = [2, 3, 3] + [6] * 256 + [1] * len(ranked)
    model = b"".join(field(1, field(1, p.encode()) + field(2, -float(i - 259) if k == 1 else 0.0) + field(3, k)) for i, (p, k) in enumerate(zip(pieces, kinds)))
    model += field(2, field(3, 2) + field(35, 1)) + field(3, field(2, b"") + field(3, 1) + field(4, 0) + field(5, 1))
    ids = {p: i for i, p in enumerate(pieces)}
    merges = sorted(([ids[p[:n] + p[n:]], p[:n], p[n:]] for p in ranked for n in range(1, len(p)) if p[:n] in ids and p[n:] in ids), key=lambda m: m[0])
    spec = {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [dict(families.alike(normalized=False), content=t, id=i) for i, t in enumerate(special[:3])],
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": MARK}, {"type": "Replace", "pattern": {"String": " "}, "content": MARK}]},
            "pre_tokenizer": None,
            "post_processor": families.template("<s>:0 $A:0", "<s>:0 $A:0 <s>:1 $B:1", {"<s>": 1}),
            "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": MARK}, "content": " "}, {"type": "ByteFallback"},
                                                         {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
            "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": True, "byte_fallback": True, "vocab": ids, "merges": [f"{l} {r}" for _, l, r in merges]}}
    paths = [write("llama2/tokenizer.model", model), write("llama2-json/tokenizer.json", spec)]
    texts = [t for t in families.texts(400)]
    agree("llama2", paths, texts)
    agree("llama2", paths, [t for t in texts if t], "--special")
    global wrong
    for text, answer in zip(texts, families.ask(paths[0], texts, "tokenize")):
        if plain.tokens(spec, text, False) != answer:
            wrong += 1
            print("llama2, plain:", repr(text))


def t5():
    """Unigram: a SentencePiece model with compiled rules, and the tokenizer.json of T5's kind."""
    pieces, rules = [], b""
    for number, value in fields(unigram.read_bytes()):
        if number == 1:
            piece = dict(fields(value))
            pieces.append([piece[1].decode(), struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0])
        if number == 3:
            rules = dict(fields(value))[2]
    space = {"type": "Metaspace", "replacement": MARK, "prepend_scheme": "always", "split": True}
    spec = {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [dict(families.alike(), content=t, id=i) for i, t in enumerate(["<unk>", "<s>", "</s>"])],
            "normalizer": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(rules).decode()},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, space]},
            "post_processor": families.template("$A:0 </s>:0", "$A:0 </s>:0 $B:0 </s>:0", {"</s>": 2}), "decoder": space,
            "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": pieces}}
    newer = dict(spec, normalizer={"type": "Sequence", "normalizers": [spec["normalizer"], {"type": "Strip", "strip_left": True, "strip_right": True},
                                                                      {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": MARK}]}, pre_tokenizer=space)
    paths = [unigram, write("t5/tokenizer.json", spec), write("t5-newer/tokenizer.json", newer)]
    # The model's rules leave other white space as it is, of which only one route knows.
    agree("t5", paths, [t for t in families.texts(600) if not set("\n\t\r\xa0\u3000") & set(t)])
    # The class's settings: an end behind each text, and a hundred tokens more.
    write("t5-folder/spiece.model", unigram.read_bytes())
    write("t5-folder/tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": 3, "eos_token": "</s>"})
    ids = families.ask(folder / "t5-folder", ["<extra_id_0> a"], "tokenize", "--special")[0]
    global wrong
    if (ids[0], ids[-1]) != (len(pieces) + 2, 2):
        wrong += 1
        print("t5-folder:", ids)


def two_files():
    """GPT-2's two files and BERT's vocab.txt, against the tokenizer.json of the same."""
    spec = families.gpt2()
    vocab = dict(spec["model"]["vocab"], **families.ids_of(spec))
    write("gpt2/vocab.json", vocab), write("gpt2/merges.txt", "#version: 0.2\n" + "\n".join(spec["model"]["merges"]) + "\n")
    agree("gpt2", [folder / "gpt2", write("gpt2-json/tokenizer.json", spec)], families.texts(300))
    for cased in (True, False):
        spec = families.bert(cased)
        spec["added_tokens"].pop()
        vocab = sorted(spec["model"]["vocab"], key=spec["model"]["vocab"].get)
        name = f"bert-{cased}"
        write(name + "/vocab.txt", "\n".join(vocab) + "\n"), write(name + "/tokenizer_config.json", {"do_lower_case": not cased})
        texts = [t for t in families.texts(300) if "\u0301" not in t and "\u00c5" not in t]
        agree(name, [folder / name, write(name + "-json/tokenizer.json", spec)], texts, "--special")


if __name__ == "__main__":
    llama2(), t5(), two_files()
    print(f"{compared} compared, {wrong} differ")
    sys.exit(wrong != 0)
