"""hostile.py FOLDER [--only-write]: malformed vocabularies of every format, in FOLDER; prints what `heed tokenize` says of each, if that is
asked for. Exits with 1 where one is taken, or ends the program otherwise than with a message. The valid files that they are made of stay in
FOLDER/valid."""
import copy
import json
import pathlib
import struct
import subprocess
import sys

from routes import field, varint

folder = pathlib.Path(sys.argv[1])


def text(value):
    return json.dumps(value, ensure_ascii=False)


def changed(base, path, value):
    """A copy of a tree with one thing replaced, or taken out."""
    result = copy.deepcopy(base)
    place = result
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return result


BYTES = {f"<0x{b:02X}>": b + 3 for b in range(2)}
JSON = {"added_tokens": [{"id": 5, "content": "<s>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"String": "b"}, "content": "a"}]},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a+"}, "behavior": "Isolated", "invert": False},
        "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}},
        "decoder": {"type": "Replace", "pattern": {"String": "_"}, "content": " "},
        "model": {"type": "BPE", "unk_token": "c", "vocab": {"a": 0, "aa": 1, "c": 2, **BYTES}, "merges": ["a a"]}}
UNIGRAM = dict(JSON, normalizer=None, added_tokens=[], post_processor=None, model={"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0]]})
WORDS = dict(JSON, normalizer=None, added_tokens=[], post_processor=None, model={"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "a": 1, "##a": 2}})
TABLE, RULES = {"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}, "#version: 0.2\na b\n"
LINES = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n"


def piece(spelled, score=0.0, kind=1):
    return field(1, field(1, spelled if isinstance(spelled, bytes) else spelled.encode()) + field(2, score) + field(3, kind))


HEAD = piece("<unk>", kind=2) + piece("<s>", kind=3)
MODEL = HEAD + piece("\u2581a", -1.0) + field(2, field(3, 1)) + field(3, field(3, 1))


def row(spelled, score=0.0, length=None):
    return struct.pack("<fi", score, len(spelled) if length is None else length) + spelled


LLAMA2C = struct.pack("<i", 8) + b"".join(row(p) for p in (b"<unk>", b"<s>", b"</s>", b"a"))
CONFIG = {"do_lower_case": True, "cls_token": "[CLS]"}


def json_cases():
    yield "is cut off", text(JSON)[:-40]
    yield "has a second value", text(JSON) + "{}"
    yield "is a list", '[{"added_tokens": []}]'
    yield "nests too deep", '{"added_tokens": ' + "[" * 40 + "]" * 40 + "}"
    yield "has a key twice", '{"model": {"vocab": {"a": 0, "a": 1}}}'
    yield "is no UTF-8", text(JSON).encode().replace(b'"aa"', b'"\xff\xfe"')
    for path, value in [(["model"], None), (["model", "vocab"], None), (["model", "type"], "Neural"), (["model", "type"], 3), (["model", "vocab", "aa"], 0),
                        (["model", "vocab", "aa"], 777), (["model", "vocab", "aa"], -1), (["model", "vocab", "aa"], 1 << 70), (["model", "vocab", "aa"], "1"),
                        (["model", "vocab", "aa"], 1.5), (["model", "merges"], {}), (["model", "merges"], ["aa"]), (["model", "merges"], ["a q"]),
                        (["model", "merges"], ["a c"]), (["model", "merges"], [["a", "a", "a"]]), (["model", "merges"], [1]), (["model", "unk_token"], "q"),
                        (["model", "unk_token"], {}), (["model", "dropout"], 0.1), (["model", "fuse_unk"], "no"), (["added_tokens"], {"<s>": 5}),
                        (["added_tokens", 0, "id"], 2), (["added_tokens", 0, "id"], None), (["added_tokens", 0, "id"], 1 << 40), (["added_tokens", 0, "content"], 7),
                        (["added_tokens", 0, "lstrip"], "yes"), (["normalizer"], "NFC"), (["normalizer", "type"], "Rot13"), (["normalizer", "type"], None),
                        (["normalizer", "normalizers", 0, "type"], "ByteLevel"), (["normalizer", "normalizers", 1], {"type": "Replace", "pattern": {"Regex": "(a)"}, "content": "$1"}), (["normalizer", "normalizers", 1, "pattern"], {}),
                        (["normalizer", "normalizers", 1, "pattern", "String"], ""), (["normalizer", "normalizers", 1, "content"], "a" * 5000),
                        (["normalizer", "normalizers", 0], {"type": "Precompiled", "precompiled_charsmap": "%%"}),
                        (["normalizer", "normalizers", 0], {"type": "Precompiled", "precompiled_charsmap": "/////w=="}),
                        (["pre_tokenizer", "type"], "FixedLength"), (["pre_tokenizer", "behavior"], "Lost"), (["pre_tokenizer", "pattern", "Regex"], "(a"),
                        (["pre_tokenizer", "pattern", "Regex"], "(a+)+$"), (["pre_tokenizer"], {"type": "Metaspace", "replacement": "__"}),
                        (["pre_tokenizer"], {"type": "Metaspace", "replacement": "_", "prepend_scheme": "twice"}), (["post_processor", "type"], "Wrap"),
                        (["post_processor", "single"], []), (["post_processor", "single", 0, "SpecialToken", "id"], "<t>"),
                        (["post_processor", "special_tokens", "<s>", "ids"], [9]), (["post_processor", "single", 1, "Sequence", "id"], "B"),
                        (["post_processor"], {"type": "BertProcessing", "sep": ["<s>", 4], "cls": ["<s>", 5]}), (["decoder", "type"], "CTC"),
                        (["decoder"], {"type": "Strip", "content": " ", "start": 0, "stop": 1}), (["decoder", "pattern"], {"Regex": "("}),
                        (["decoder"], {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Replace", "pattern": {"Regex": "_"}, "content": ""}]}),
                        (["truncation"], {"direction": "Up"}), (["padding"], {"pad_id": 6})]:
        yield f"{'.'.join(map(str, path))} = {text(value)[:60] if value is not None else 'nothing'}", text(changed(JSON, path, value))
    for path, value in [(["model", "unk_id"], 2), (["model", "vocab", 1], ["a"]), (["model", "vocab", 1], ["a", "b"]), (["model", "vocab", 1], ["<unk>", 0.0]),
                        (["model", "vocab"], {"a": 0}), (["model", "vocab"], [])]:
        yield f"unigram: {'.'.join(map(str, path))} = {text(value)}", text(changed(UNIGRAM, path, value))
    for path, value in [(["model", "unk_token"], "[NIL]"), (["model", "max_input_chars_per_word"], -1), (["model", "vocab"], [["a", 0.0]])]:
        yield f"word pieces: {'.'.join(map(str, path))} = {text(value)}", text(changed(WORDS, path, value))


def table_cases():
    for name, spelled in {"is cut off": text(TABLE)[:-4], "has a key twice": '{"a": 0, "a": 1}', "has an id twice": '{"a": 0, "b": 0}',
                          "has a negative id": '{"a": -1}', "has an id beyond the file": '{"a": 4000000000}', "has an id beyond 64 bits": '{"a": 18446744073709551616}',
                          "has a text for an id": '{"a": "0"}', "has a fraction": '{"a": 0.5}', "has null": '{"a": null}', "has a truth value": '{"a": true}',
                          "has a list": '{"a": [0]}', "has an object": '{"a": {"b": 0}}', "is empty": "{}", "ends twice": text(TABLE) + "}", "is no JSON": "{a: 0}",
                          "has a bare word": '{"a": zero}', "has a comma too many": '{"a": 0,}', "has a bad escape": '{"\\x": 0}', "has half a pair": '{"\\ud800": 0}'}.items():
        yield name, spelled
    yield "is no UTF-8", b'{"\xff": 0}'


def merge_cases():
    head = "#version: 0.2\n"
    for name, rules in {"names no token": "a q\n", "names no token on the left": "q a\n", "makes no token": "b a\n", "has one word": "ab\n", "has three words": "a b c\n",
                        "begins with a space": " a b\n", "ends with a space": "a \n", "has two spaces": "a  b\n", "has a tab": "a\tb\n", "has a comment later": "a b\n# no\n",
                        "has a bare space": " \n", "is cut off": "a b\na", "has a zero byte": "a b\n\0 a\n", "has a very long word": "a" * 70000 + " b\n",
                        "is no UTF-8": b"a b\n\xff a\n", "has ids": "0 1\n", "has a comma": "a,b\n", "is JSON": '["a b"]\n', "has carriage returns alone": "a b\ra b\n",
                        "is a table": "{}\n"}.items():
        yield name, head.encode() + (rules if isinstance(rules, bytes) else rules.encode())


def line_cases():
    for name, lines in {"is empty in the middle": "[UNK]\n[CLS]\n[SEP]\n\na\n", "has a token twice": LINES + "a\n", "has no unknown": "[CLS]\n[SEP]\n", "has no [CLS]": "[UNK]\n[SEP]\n",
                        "has no [SEP]": "[UNK]\n[CLS]\n", "is one line": "[UNK]", "is empty": "", "is a line's end": "\n", "has [UNK] twice": LINES + "[UNK]\n",
                        "has ids": "0\t[UNK]\n1\t[CLS]\n", "has lower case": LINES.lower(), "has spaces": "[UNK] 0\n[CLS] 1\n", "has quotes": '"[UNK]"\n"[CLS]"\n',
                        "has a list": '["[UNK]", "[CLS]"]\n', "has carriage returns alone": LINES.replace("\n", "\r"), "ends with empty lines": LINES + "\n\n",
                        "has a header": "token,id\n[UNK],0\n"}.items():
        yield name, lines
    yield "is no UTF-8", LINES.encode() + b"\xff\n"
    yield "is UTF-16", LINES.encode("utf-16")
    yield "has a mark of order and empty lines", b"\xef\xbb\xbf\n" + LINES.encode() + b"\n"


def model_cases():
    for n in (3, 9, 20, 33, 46, 50):
        yield f"is cut off after {n}", MODEL[:n]
    for name, more in {"has field 0": b"\x02\x00", "has a group": b"\x0b", "has a number of eleven bytes": b"\x20" + b"\xff" * 11, "declares 2^60 bytes": b"\x0a" + varint(1 << 60),
                       "has a piece twice": piece("\u2581a"), "has an empty piece": piece(""), "has a piece that is no UTF-8": piece(b"\xff"),
                       "has a score that is no number": piece("b", float("nan")), "has kind 0": piece("b", kind=0), "has kind 7": piece("b", kind=7),
                       "has a byte that is none": piece("<0xGG>", kind=6), "has two unknown": piece("<u>", kind=2), "is of kind 0": field(2, field(3, 0)),
                       "is of kind 5": field(2, field(3, 5)), "has rules of 3 bytes": field(3, field(2, b"abc")), "has rules with a long index": field(3, field(2, b"\xff\xff\xff\x7fabcd")),
                       "has rules that lead to themselves": field(3, field(2, struct.pack("<II", 4, 1 << 8))), "has rules without an end": field(3, field(2, struct.pack("<II", 4, 0) + b"a")),
                       "has unused pieces in BPE": field(2, field(3, 2)) + piece("b", kind=5), "has a field of three bits": b"\x0f"}.items():
        yield name, MODEL + more
    yield "has no unknown", piece("<s>", kind=3) + piece("a")
    yield "has no pieces", field(2, field(3, 1))


def llama2c_cases():
    for n in (0, 2, 3, 6, 11, 14, 20, 30, 41, 48):
        yield f"is cut off after {n}", LLAMA2C[:n]
    for longest in (0, -1, 1 << 30, 4):
        yield f"says that its longest piece has {longest}", struct.pack("<i", longest) + LLAMA2C[4:]
    for name, more in {"has a negative length": row(b"", length=-5), "has a length beyond the longest": row(b"", length=9), "has a length beyond the file": row(b"ab", length=7),
                       "has a score that is no number": row(b"b", float("nan")), "ends within a score": b"\0\0", "ends within a length": b"\0\0\0\0\1"}.items():
        yield name, LLAMA2C + more


def config_cases():
    for key, value in {"do_lower_case": "yes", "strip_accents": 1, "tokenize_chinese_chars": [], "add_prefix_space": "x", "add_bos_token": 1, "add_eos_token": "", "bos_token": 3,
                       "eos_token": {}, "pad_token": {"content": 1}, "cls_token": [], "tokenizer_class": 4, "extra_ids": -1, "additional_special_tokens": "x",
                       "added_tokens_decoder": [], "unk_token": True}.items():
        yield f"{key} = {text(value)}", text(dict(CONFIG, **{key: value}))
    for key, token in {"x": {"content": "n"}, "-1": {"content": "n"}, "9": {"content": "n"}, "1": {"content": "n"}, "6": {"content": "a"}, "6 ": {}, "06": {"content": 5}}.items():
        yield f"adds {text({key: token})}", text(dict(CONFIG, added_tokens_decoder={key: token}))
    yield "is a list", "[]"
    yield "is cut off", text(CONFIG)[:-1]
    yield "is empty", ""


def main():
    formats = {"tokenizer.json": ({}, text(JSON), json_cases()), "vocab.json": ({"merges.txt": RULES}, text(TABLE), table_cases()),
               "encoder.json": ({"vocab.bpe": RULES}, text(TABLE), table_cases()), "merges.txt": ({"vocab.json": text(TABLE)}, RULES, merge_cases()),
               "vocab.bpe": ({"encoder.json": text(TABLE)}, RULES, merge_cases()), "vocab.txt": ({}, LINES, line_cases()),
               "spiece.model": ({}, MODEL, model_cases()), "tokenizer.bin": ({}, LLAMA2C, llama2c_cases()), "tokenizer_config.json": ({"vocab.txt": LINES}, text(CONFIG), config_cases())}
    failed = False
    for form, (beside, valid, cases) in formats.items():
        if "--only-write" not in sys.argv:
            print(f"== {form}")
        for number, (name, content) in enumerate([("valid", valid), *cases]):
            place = folder / ("valid" if number == 0 else "broken") / form / str(number)
            place.mkdir(parents=True, exist_ok=True)
            for file, inside in {**beside, form: content}.items():
                (place / file).write_bytes(inside if isinstance(inside, bytes) else inside.encode())
            if "--only-write" in sys.argv:
                continue
            target = form if form != "tokenizer_config.json" else "vocab.txt"
            answer = subprocess.run(["heed", "tokenize", target, "--special"], input=b"a" * 60 + b"!" if number else b"a", cwd=place, capture_output=True)
            if (answer.returncode == 0) != (number == 0) or answer.returncode not in (0, 1):
                failed = True
                name += " IS TAKEN" if answer.returncode == 0 else f" ENDS WITH {answer.returncode}"
            if number or failed:
                print(f"{name}\n    {answer.stderr.decode(errors='replace').strip()}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
