"""Malformed safetensors files: a header's length in 8 bytes, a header of JSON, data."""
import json
import struct


def file(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype="F32", shape=(2,), offsets=(0, 8), data=8, **more):
    fields = {"dtype": dtype, "shape": shape, "data_offsets": offsets, **more}
    return file({"a": {key: value for key, value in fields.items() if value is not None}}, bytes(data))


def two(a, b, data=16):
    entry = lambda offsets: {"dtype": "U8", "shape": [offsets[1] - offsets[0]], "data_offsets": offsets}
    return file({"a": entry(a), "b": entry(b)}, bytes(data))


good = tensor()


def cases():
    yield from lengths()
    yield from syntax()
    yield from fields()
    yield from places()
    yield from amounts()


def lengths():
    yield "an empty header's length", struct.pack("<Q", 0) + b"{ "
    yield "no bytes", b""
    yield "7 bytes", b"\x02\0\0\0\0\0\0"
    yield "a header of 2^64 - 1 bytes", b"\xff" * 8 + b"{}"
    yield "a header of 2^63 bytes", struct.pack("<Q", 2**63) + b"{}"
    yield "a header longer than the format allows", struct.pack("<Q", 100_000_001) + b"{}"
    yield "a header longer than the file", struct.pack("<Q", 100) + b"{}"
    yield "a header longer by one", struct.pack("<Q", len(good) - 7) + good[8:]
    yield "cut within the header", good[:30]
    yield "cut within the data", good[:-1]
    yield "cut behind the header", good[:-8]
    yield "one byte too many", good + b"\0"
    yield "the length big endian", struct.pack(">Q", len(good) - 16) + good[8:]


def syntax():
    yield "a brace alone", file(b"{")
    yield "a key without a value", file(b'{"a":')
    yield "two values", file(b"{} {}")
    yield "a comma at the end", file(b'{"a":{},}')
    yield "a zero byte behind the header", file(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}\0')
    yield "a comment", file(b"{/* */}")
    yield "single quotes", file(b"{'a':{}}")
    yield "bytes that are no UTF-8", file(b'{"\xff":1}')
    yield "half of a surrogate pair", file(b'{"\\ud800":1}')
    yield "a control character in a name", file(b'{"a\nb":1}')
    yield "zeros instead of a header", file(b"{" + bytes(20))
    yield "deeply nested", file(b'{"a":' + b"[" * 100_000)
    yield "deeply nested objects", file(b'{"a":' * 50_000)
    yield "a number without end", file(b'{"a":' + b"1" * 3_000_000)
    yield "a name without end", file(b'{"' + b"a" * 3_000_000)
    yield "blanks without end", file(b"{" + b" " * 3_000_000 + b"}")
    yield "half of a file of another format", file(b"{\x80\x02}q\x00.")


def fields():
    yield "a tensor that is a number", file({"a": 3})
    yield "a tensor that is a list", file({"a": [1]})
    yield "a tensor that is null", file({"a": None})
    yield "metadata that is a text", file({"__metadata__": "x"})
    yield "metadata of numbers", file({"__metadata__": {"a": 1}})
    yield "metadata of objects", file({"__metadata__": {"a": {}}})
    yield "no dtype", tensor(dtype=None)
    yield "no shape", tensor(shape=None)
    yield "no offsets", tensor(offsets=None)
    yield "a field too many", tensor(stride=[1])
    yield "an object too deep", file({"a": {"b": {"c": {"d": {}}}}})
    yield "a dtype that is a number", tensor(dtype=3)
    yield "a dtype that nobody knows", tensor(dtype="F33")
    yield "a dtype in lower case", tensor(dtype="f32")
    yield "a dtype with escapes for a terminal", tensor(dtype="\x1b[2J\x07")
    yield "a shape that is a number", tensor(shape=2)
    yield "a shape of texts", tensor(shape=["2"])
    yield "a shape of fractions", tensor(shape=[2.0])
    yield "a shape of lists", tensor(shape=[[2]])
    yield "a negative shape", tensor(shape=[-2])
    yield "a shape of 2^64", tensor(shape=[2**64])
    yield "a shape of 65 axes", tensor(shape=[1] * 65, data=4, offsets=[0, 4])
    yield "offsets that are texts", tensor(offsets="08")
    yield "one offset", tensor(offsets=[0])
    yield "three offsets", tensor(offsets=[0, 4, 8])
    yield "the same name twice", file(b'{"a":' + json.dumps({"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}).encode() + b',"a":{}}', b"x")
    yield "the same name twice, once in escapes", file(b'{"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}')
    yield "the same field twice", file(b'{"a":{"dtype":"U8","dtype":"U8"}}')


def places():
    yield "offsets in the wrong order", tensor(offsets=[8, 0])
    yield "offsets beyond the file", tensor(offsets=[0, 16], shape=[4])
    yield "offsets beyond 64 bits", tensor(offsets=[2**64 - 8, 2**64])
    yield "offsets that wrap", tensor(offsets=[2**63 - 4, 2**63 - 1])
    yield "a shape smaller than its bytes", tensor(shape=[1])
    yield "a shape larger than its bytes", tensor(shape=[3])
    yield "a shape whose product wraps to its bytes", tensor(shape=[2**62, 2, 2, 1], dtype="U8", offsets=[0, 0], data=0)
    yield "a shape whose bytes wrap", tensor(shape=[2**61 + 1, 2], dtype="F32")
    yield "a hidden product: 0 times 2^63", tensor(shape=[2**62, 4, 0], offsets=[0, 0], data=0)
    yield "tensors that overlap", two([0, 9], [8, 16])
    yield "a tensor within another", two([0, 16], [4, 8])
    yield "the same place twice", two([0, 16], [0, 16])
    yield "a gap between tensors", two([0, 4], [8, 16])
    yield "a gap before all", tensor(offsets=[8, 16], data=16)
    yield "bytes behind all", tensor(data=12)
    yield "a name that is a path, with bytes that are not there", file({"../../etc/passwd": {"dtype": "U8", "shape": [9], "data_offsets": [0, 9]}})


def amounts():
    empty = b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    yield "65537 tensors", file(b"{" + b",".join(b'"%x":' % i + empty for i in range(65537)) + b"}")
    yield "700001 texts of metadata", file(b'{"__metadata__":{' + b",".join(b'"%x":""' % i for i in range(700_001)) + b"}}")
    yield "names of more than 8 MiB", file(b"{" + b",".join(b'"%01000x":' % i + empty for i in range(9000)) + b"}")
