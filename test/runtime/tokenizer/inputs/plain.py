"""The stages of a tokenizer.json as plain loops over Python's strings: what `heed tokenize` is compared with. Written from what each
stage is published to do; slow, and for small files only."""
import re
import sys
import unicodedata

MARK = "\u2581"


def members(prefix):
    """A character class of all characters whose category begins so."""
    ranges, begin = [], None
    for c in range(sys.maxunicode + 2):
        inside = c <= sys.maxunicode and unicodedata.category(chr(c)).startswith(prefix)
        if inside and begin is None:
            begin = c
        if not inside and begin is not None:
            ranges.append(f"\\U{begin:08x}-\\U{c - 1:08x}")
            begin = None
    return "".join(ranges)


WHITE = "\\t-\\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
CLASSES = {r"\p{L}": members("L"), r"\p{N}": members("N")}
BYTES = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b]
ALPHABET = {b: chr(b) for b in BYTES}
ALPHABET.update({b: chr(256 + i) for i, b in enumerate(b for b in range(256) if b not in ALPHABET)})
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def compiled(pattern):
    """With `\\s` and `\\p` spelled out, which Python has otherwise or not at all."""
    out, inside = "", False
    for part in re.findall(r"\\p\{.\}|\\.|.", pattern, re.S):
        known = CLASSES.get(part) or (WHITE if part == r"\s" else None)
        if known:
            out += known if inside else f"[{known}]"
        elif part == r"\S":
            out += f"[^{WHITE}]"
        else:
            inside = part == "[" or (inside and part != "]")
            out += part
    return re.compile(out)


def is_punctuation(c):
    return 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or unicodedata.category(c)[0] == "P"


def normalised(stage, text):
    kind = stage["type"] if stage else None
    if kind == "Sequence":
        for each in stage["normalizers"]:
            text = normalised(each, text)
    elif kind in ("NFC", "NFD", "NFKC", "NFKD"):
        text = unicodedata.normalize(kind, text)
    elif kind == "Lowercase":
        text = "".join(c.lower() for c in text)
    elif kind == "Prepend":
        text = stage["prepend"] + text if text else text
    elif kind == "Replace":
        what = stage["pattern"]
        text = text.replace(what["String"], stage["content"]) if "String" in what else compiled(what["Regex"]).sub(stage["content"], text)
    elif kind == "BertNormalizer":
        text = "".join(c for c in text if c in "\t\n\r" or (c not in "\0\ufffd" and unicodedata.category(c) not in ("Cc", "Cf", "Co")))
        text = "".join(" " if re.match(f"[{WHITE}]", c) else c for c in text)
        text = "".join(f" {c} " if "\u4e00" <= c <= "\u9fff" else c for c in text)
        if stage["strip_accents"] or (stage["strip_accents"] is None and stage["lowercase"]):
            text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        if stage["lowercase"]:
            text = "".join(c.lower() for c in text)
    return text


def pieces(stage, text):
    kind = stage["type"] if stage else None
    if kind == "Sequence":
        parts = [text]
        for each in stage["pretokenizers"]:
            parts = [piece for part in parts for piece in pieces(each, part)]
        return parts
    if kind == "WhitespaceSplit":
        return [p for p in re.split(f"[{WHITE}]+", text) if p]
    if kind == "BertPreTokenizer":
        apart = "".join(f" {c} " if is_punctuation(c) else c for c in text)
        return pieces({"type": "WhitespaceSplit"}, apart)
    if kind == "Metaspace":
        text = text.replace(" ", MARK)
        if stage["prepend_scheme"] != "never" and text and not text.startswith(MARK):
            text = MARK + text
        return re.findall(f"{MARK}?[^{MARK}]+|{MARK}", text)
    if kind == "Split":  # Isolated
        pattern, out, at = compiled(stage["pattern"]["Regex"]), [], 0
        for match in pattern.finditer(text):
            out += [text[at:match.start()], match.group()]
            at = match.end()
        return [p for p in out + [text[at:]] if p]
    if kind == "ByteLevel":
        if stage["add_prefix_space"] and text and not text.startswith(" "):
            text = " " + text
        parts = pieces({"type": "Split", "pattern": {"Regex": GPT2}}, text) if stage["use_regex"] else [text]
        return ["".join(ALPHABET[b] for b in part.encode()) for part in parts]
    return [text]


def merged(model, piece):
    """Byte-pair encoding, a merge at a time."""
    vocab, ranks = model["vocab"], {tuple(m.split(" ") if isinstance(m, str) else m): i for i, m in enumerate(model["merges"])}
    if model.get("ignore_merges") and piece in vocab:
        return [vocab[piece]]
    parts = []
    for c in piece:
        parts += [c] if c in vocab else [f"<0x{b:02X}>" for b in c.encode()] if model.get("byte_fallback") else [model["unk_token"]]
    while True:
        best = min((ranks.get(pair, 1 << 30), i) for i, pair in enumerate([*zip(parts, parts[1:]), (None, None)]))
        if best[0] == 1 << 30:
            return [vocab[p] for p in parts]
        i = best[1]
        parts[i:i + 2] = [parts[i] + parts[i + 1]]


def longest_first(model, word):
    """WordPiece."""
    ids, at = [], 0
    while at < len(word):
        ends = [e for e in range(len(word), at, -1) if ("##" if at else "") + word[at:e] in model["vocab"]]
        if not ends or len(word) > 100:
            return [model["vocab"]["[UNK]"]]
        ids.append(model["vocab"][("##" if at else "") + word[at:ends[0]]])
        at = ends[0]
    return ids


def tokens(spec, text, special):
    """Ids of one text, without what is put around it."""
    added = sorted((t for t in spec["added_tokens"] if special or not t["special"]), key=lambda t: -len(t["content"]))

    def split(text, normal, rest):
        chosen = [t for t in added if t["normalized"] == normal]
        if not chosen:
            return rest(text) if text else []
        spelled = {normalised(spec["normalizer"], t["content"]) if normal else t["content"]: t for t in chosen}
        out, at, pattern = [], 0, re.compile("|".join(re.escape(s) for s in sorted(spelled, key=len, reverse=True)))
        for match in pattern.finditer(text):
            token, begin, end = spelled[match.group()], match.start(), match.end()
            while token["lstrip"] and begin > at and text[begin - 1].isspace():
                begin -= 1
            while token["rstrip"] and end < len(text) and text[end].isspace():
                end += 1
            if begin < at:
                continue
            out += (rest(text[at:begin]) if text[at:begin] else []) + [token["id"]]
            at = end
        return out + (rest(text[at:]) if text[at:] else [])

    encode = longest_first if spec["model"]["type"] == "WordPiece" else merged
    plain = lambda text: [i for piece in pieces(spec["pre_tokenizer"], text) for i in encode(spec["model"], piece)]
    return split(text, False, lambda part: split(normalised(spec["normalizer"], part), True, plain))


def encoded(spec, first, second=None):
    """Ids and token types, with special tokens."""
    post = spec["post_processor"] or {"type": ""}
    for each in post.get("processors", [post]):
        if each["type"] == "RobertaProcessing":
            (cls, sep), a, b = (each["cls"][1], each["sep"][1]), {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}
            c, s = ({"Id": i} for i in (cls, sep))
            return around([c, a, s] if second is None else [c, a, s, s, b, s], spec, first, second, {})
        if each["type"] == "TemplateProcessing":
            return around(each["single"] if second is None else each["pair"], spec, first, second, each["special_tokens"])
    order = [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]
    return around(order[:1] if second is None else order, spec, first, second, {})


def around(order, spec, first, second, special):
    ids, types = [], []
    for part in order:
        if "Sequence" in part:
            new = tokens(spec, first if part["Sequence"]["id"] == "A" else second, True)
        else:
            new = [part["Id"]] if "Id" in part else special[part["SpecialToken"]["id"]]["ids"]
        ids, types = ids + new, types + [list(part.values())[0]["type_id"] if "Id" not in part else 0] * len(new)
    return ids, types
