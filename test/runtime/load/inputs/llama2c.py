"""Malformed llama2.c files: seven int32, then as many float32 as they make."""
import struct

FIELDS = ["dim", "hidden_dim", "n_layers", "n_heads", "n_kv_heads", "vocab_size", "seq_len"]
small = dict(zip(FIELDS, [4, 6, 2, 2, 1, 5, 3]))
FLOATS = 5 * 4 + 2 * (4 + 16 + 8 + 8 + 16 + 4 + 3 * 24) + 4 + 2 * 3


def file(floats=FLOATS, **fields):
    return struct.pack("<7i", *(small | fields).values()) + bytes(4 * floats)


def cases():
    whole = file()
    for length in [0, 1, 4, 27, 28, 29, 32, len(whole) - 4, len(whole) - 1]:
        yield f"{length} bytes of {len(whole)}", whole[:length]
    yield "one byte too many", whole + b"\0"
    yield "four bytes too many", whole + bytes(4)
    yield "twice the file", whole + whole
    for field in FIELDS:
        for value in [0, -1, 2**31 - 1, -(2**31)]:
            if (field, value) != ("vocab_size", -1):
                yield f"{field} is {value}", file(**{field: value})
        yield f"{field} is one more", file(**{field: small[field] + 1})
    yield "a classifier that is not there", file(vocab_size=-5)
    yield "a classifier that is cut", file(FLOATS + 19, vocab_size=-5)
    yield "heads that do not divide the width", file(n_heads=3)
    yield "heads of odd size", file(n_heads=4)
    yield "more key heads than heads", file(n_kv_heads=4)
    yield "the largest of all", file(dim=1 << 20, hidden_dim=1 << 22, n_layers=1 << 12, n_heads=1 << 14, n_kv_heads=1 << 14, vocab_size=1 << 24, seq_len=1 << 24)
    yield "big endian", struct.pack(">7i", *small.values()) + bytes(4 * FLOATS)
    yield "a later version of the format", struct.pack("<2i", 0x616B3432, 1) + whole
    yield "a text", b"once upon a time, there was a little girl named Lily"
    yield "safetensors without their first byte", struct.pack("<Q", 2)[1:] + b"{}" + bytes(30)
    yield "all ones", b"\xff" * 2000
