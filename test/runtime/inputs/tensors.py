"""Writes or prints a safetensors file, with nothing but Python itself.

tensors.py write FILE NAME DTYPE SHAPE VALUES ...    SHAPE 2x3, VALUES 1,2,3
tensors.py print FILE                                name, dtype, shape, first values
"""
import json
import struct
import sys

CODES = {"F64": "d", "F32": "f", "I64": "q", "I32": "i", "I16": "h", "U8": "B", "BOOL": "?"}


def write(path, fields):
    header, data = {}, b""
    for name, dtype, shape, values in zip(*[iter(fields)] * 4):
        extents = [int(n) for n in shape.split("x")] if shape else []
        numbers = [float(v) if dtype[0] == "F" else int(v) for v in values.split(",")]
        packed = struct.pack(f"<{len(numbers)}{CODES[dtype]}", *numbers)
        header[name] = {"dtype": dtype, "shape": extents, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def show(path):
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8 : 8 + length])
    for name, tensor in sorted(header.items()):
        begin, end = tensor["data_offsets"]
        code = CODES[tensor["dtype"]]
        count = (end - begin) // struct.calcsize(code)
        first = struct.unpack_from(f"<{min(count, 3)}{code}", content, 8 + length + begin)
        print(name, tensor["dtype"], tensor["shape"], " ".join(f"{v:.4g}" for v in first))


if sys.argv[1] == "write":
    write(sys.argv[2], sys.argv[3:])
else:
    show(sys.argv[2])
