"""families.py FOLDER: small files of the kinds that published models have, with the same stages and options, in FOLDER; what `heed
tokenize` makes of many texts by them, against the plain loops of plain.py. Exits with 1 and shows the first texts that differ."""
import json
import pathlib
import random
import subprocess
import sys
from collections import Counter

import plain

random.seed(6)
CORPUS = """It's the first time that they've seen 12 of 345 words; we'll say so again and again. I'd not, you're right, don't.
The naïve café in Zürich served crème brûlée: 3,50 € (about $4). Ελληνικά και Русский язык, 漢字かな交じり文 and हिन्दी भाषा!
    def f(x):\n\treturn x ** 2  # squares\r\n\n\nHELLO World, hello world; HeLLo. The lower, the slower, the wider, the newest."""


def alike(**flags):
    return dict({"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}, **flags)


def trained(words, alphabet, count):
    """A vocabulary and merges by byte-pair encoding of words, the naive way."""
    parts, merges = [list(w) for w in words], []
    vocab = {c: i for i, c in enumerate(alphabet)}
    while len(merges) < count:
        pairs = Counter(pair for part in parts for pair in zip(part, part[1:]))
        if not pairs:
            break
        best = max(sorted(pairs), key=pairs.get)
        merges.append(list(best))
        vocab.setdefault("".join(best), len(vocab))
        for part in parts:
            i = 0
            while i + 1 < len(part):
                if tuple(part[i:i + 2]) == best:
                    part[i:i + 2] = ["".join(best)]
                i += 1
    return vocab, merges


LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")


def split(pattern):
    return {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}, dict(LEVEL, use_regex=False)]}


def template(one, two, ids):
    def parts(text):
        for part in text.split():
            name, kind = part.split(":")
            yield {"Sequence": {"id": name[1:], "type_id": int(kind)}} if name[0] == "$" else {"SpecialToken": {"id": name, "type_id": int(kind)}}
    return {"type": "TemplateProcessing", "single": [*parts(one)], "pair": [*parts(two)],
            "special_tokens": {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in ids.items()}}


def byte_level(splitter, added, normalizer=None, **model):
    words = plain.pieces(splitter, CORPUS)
    vocab, merges = trained(words, [plain.ALPHABET[b] for b in sorted(plain.ALPHABET)], 250)
    tokens = [dict(alike(**flags), content=text, id=len(vocab) + i) for i, (text, flags) in enumerate(added)]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer,
            "pre_tokenizer": splitter, "post_processor": LEVEL, "decoder": LEVEL,
            "model": dict({"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                           "end_of_word_suffix": "", "fuse_unk": False, "vocab": vocab, "merges": merges}, **model)}


def ids_of(spec):
    return {t["content"]: t["id"] for t in spec["added_tokens"]}


def gpt2():
    spec = byte_level(LEVEL, [("<|endoftext|>", {})])
    spec["model"]["merges"] = [" ".join(m) for m in spec["model"]["merges"]]  # as older files spell them
    return spec


def roberta():
    spec = byte_level(dict(LEVEL, add_prefix_space=True), [("<s>", {}), ("</s>", {}), ("<mask>", {"lstrip": True})])
    ids = ids_of(spec)
    spec["post_processor"] = {"type": "RobertaProcessing", "sep": ["</s>", ids["</s>"]], "cls": ["<s>", ids["<s>"]],
                              "trim_offsets": True, "add_prefix_space": True}
    return spec


def llama3():
    spec = byte_level(split(LLAMA3), [("<|begin_of_text|>", {}), ("<|eot_id|>", {})], ignore_merges=True)
    spec["model"]["vocab"]["unreachable"] = len(spec["model"]["vocab"]) + 2  # a word that no merge makes
    first, begin = "<|begin_of_text|>:", ids_of(spec)
    spec["post_processor"] = {"type": "Sequence", "processors": [LEVEL, template(first + "0 $A:0", first + "0 $A:0 " + first + "1 $B:1", begin)]}
    return spec


def qwen2():
    return byte_level(split(QWEN2), [("<|endoftext|>", {}), ("<|im_start|>", {}), ("<tool_call>", {"special": False})], {"type": "NFC"})


def modern_bert():
    spec = byte_level(LEVEL, [("[CLS]", {}), ("[SEP]", {}), ("[MASK]", {"lstrip": True}), ("|||EMAIL|||", {"special": False, "normalized": True}),
                              ("   ", {"special": False, "normalized": True})], {"type": "NFC"})
    spec["post_processor"] = template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0", ids_of(spec))
    return spec


def bert(cased):
    normalizer = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": not cased}
    words = {w for w in plain.pieces({"type": "BertPreTokenizer"}, plain.normalised(normalizer, CORPUS))}
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    parts = {w[:n] for w in words for n in (1, 3, len(w))} | {"##" + w[n:n + k] for w in words for n in range(1, len(w)) for k in (1, 3)}
    vocab = {t: i for i, t in enumerate(special + sorted(parts))}
    tokens = [dict(alike(), content=t, id=vocab[t]) for t in special] + [dict(alike(special=False, normalized=True), content="NewWord", id=len(vocab))]
    return {"version": "1.0", "truncation": {"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0},
            "padding": {"strategy": {"Fixed": 512}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
            "added_tokens": tokens, "normalizer": normalizer, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", {t: vocab[t] for t in ("[CLS]", "[SEP]")}),
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocab}}


POOL = [*"aeiou tnshr  \n\t.,;!'\"()#", "é", "e\u0301", "Ω", "ж", "漢", "か", "हि", "😀", "👩\u200d🚀", "\u00a0", "\u3000", "½", "٣", "ﬁ", "Å", "'s", "'LL", "don't",
        "   ", "\r\n", "123456", "<|endoftext|>", "<|eot_id|>", "<tool_call>", "<mask>", " [MASK] ", "|||EMAIL|||", "NewWord", "unreachable", "x" * 101]


def texts(count):
    words = CORPUS.split(" ")
    return ["", " ", CORPUS] + ["".join(random.choice([random.choice(POOL), " " + random.choice(words)]) for _ in range(random.randrange(24)))
                                for _ in range(count)]


def ask(path, batch, *flags):
    answer = subprocess.run(["heed", *flags, str(path), "--json"], input=json.dumps(batch).encode(), capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return json.loads(answer.stdout)


def compare(folder):
    wrong = compared = 0
    for name, spec in {"gpt2": gpt2(), "roberta": roberta(), "llama3": llama3(), "qwen2": qwen2(), "modernbert": modern_bert(),
                       "bert-cased": bert(True), "bert-uncased": bert(False)}.items():
        path = folder / name / "tokenizer.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(spec, ensure_ascii=False))
        batch = [[t] if i % 3 else [t, s] for i, (t, s) in enumerate(zip(texts(400), reversed(texts(400))))]
        answers = ask(path, [b if len(b) == 2 else b[0] for b in batch], "tokenize", "--all", "--special")
        for given, answer in zip(batch, answers):
            compared += 1
            ids, types = plain.encoded(spec, *given)
            if (ids, types) != (answer["input_ids"], answer["token_type_ids"]):
                wrong += 1
                if wrong < 6:
                    print(f"{name}: {given!r}\n  {answer['input_ids']} {answer['token_type_ids']}\n  {ids} {types}")
        if name in ("gpt2", "llama3"):  # which promise it
            ids = [plain.tokens(spec, t[0], False) for t in batch]
            if ask(path, ids, "detokenize") != [t[0] for t in batch]:
                wrong += 1
                print(f"{name}: texts do not come back")
    print(f"{compared} compared, {wrong} differ")
    return wrong


if __name__ == "__main__":
    sys.exit(compare(pathlib.Path(sys.argv[1])) != 0)
