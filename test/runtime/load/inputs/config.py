"""Folders whose config.json is malformed."""
import json
import safetensors


def folder(config):
    text = config if isinstance(config, bytes) else json.dumps(config).encode()
    return {"config.json": text, "model.safetensors": safetensors.file({})}


def cases():
    yield from syntax()
    yield from numbers()
    yield from shapes()
    yield from amounts()


def syntax():
    yield "an empty file", folder(b"")
    yield "blanks", folder(b"\n\n  \t")
    yield "a brace alone", folder(b"{")
    yield "a brace too many", folder(b"{}}")
    yield "cut in a key", folder(b'{"hidden')
    yield "cut behind a key", folder(b'{"hidden_size"')
    yield "cut behind a colon", folder(b'{"hidden_size":')
    yield "cut in a list", folder(b'{"a": [1, 2')
    yield "a comma at the end", folder(b'{"a": 1,}')
    yield "no comma", folder(b'{"a": 1 "b": 2}')
    yield "a comment", folder(b'{"a": 1 // one\n}')
    yield "keys without quotes", folder(b"{a: 1}")
    yield "Python's words", folder(b'{"a": None}')
    yield "text behind the end", folder(b'{"a": 1} {"a": 2}')
    yield "a line break in a text", folder(b'{"a": "b\nc"}')
    yield "an unknown escape", folder(b'{"a": "\\x41"}')
    yield "half of a surrogate pair", folder(b'{"a": "\\udc00"}')
    yield "bytes that are no UTF-8", folder(b'{"a": "\xff"}')
    yield "an overlong zero", folder(b'{"a": "\xc0\x80"}')
    yield "UTF-16", folder('{"a": 1}'.encode("utf-16-le"))
    yield "a zero byte", folder(b'{"a": 1}\0')
    yield "zeros", folder(bytes(100))
    yield "binary", folder(bytes(range(256)))


def numbers():
    for text in ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "+1", "1.", ".5", "0x10", "1e", "--1", "1_000"]:
        yield f"the number {text}", folder(b'{"a": ' + text.encode() + b"}")
    yield "a number of 3000000 digits", folder(b'{"a": ' + b"7" * 3_000_000 + b"}")


def shapes():
    for text in ["[1]", "3", "null", "true", '"hidden_size"', "[]", "-0.5"]:
        yield f"the outermost value is {text}", folder(text.encode())
    yield "a key twice", folder(b'{"a": 1, "a": 2}')
    yield "a key twice, once in escapes", folder(b'{"a": 1, "\\u0061": 2}')
    yield "a key twice, inside", folder(b'{"a": {"b": 1, "b": 1}}')
    yield "a key twice, joined by points", folder(b'{"a.b": 1, "a": {"b": 2}}')
    yield "nested lists", folder(b'{"a": ' + b"[" * 1_000_000)
    yield "nested objects", folder(b'{"a": ' * 1_000_000)
    yield "33 deep", folder(b'{"a":' * 33 + b"1" + b"}" * 33)


def amounts():
    yield "longer than is read", folder(b" " * (16 << 20) + b"{}")
    yield "60001 values", folder({f"{i:x}": i for i in range(60_001)})
    yield "a list of 60001 values", folder({"a": [0] * 60_001})
    yield "a text without end", folder(b'{"a": "' + b"b" * 3_000_000 + b'"}')
    yield "a key without end", folder(b'{"' + b"b" * 3_000_000 + b'": 1}')
    nested = {f"{i:x}": i for i in range(1000)}
    for _ in range(30):
        nested = {"k" * 10_000: nested}
    yield "keys that repeat long keys", folder(nested)
