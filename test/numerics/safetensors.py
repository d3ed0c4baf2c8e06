"""Reads and writes safetensors files. In and out: {name: numpy array}. A reader and writer of their own, so that a mistake in the
runtime's cannot hide behind itself."""
import json
import struct

import numpy

DTYPES = {
    "F64": numpy.float64,
    "F32": numpy.float32,
    "F16": numpy.float16,
    "I64": numpy.int64,
    "I32": numpy.int32,
    "U8": numpy.uint8,
    "BOOL": numpy.bool_,
}
CODES = {numpy.dtype(dtype): code for code, dtype in DTYPES.items()}


def write(path, tensors):
    header, data, end = {}, [], 0
    for name, array in tensors.items():
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": CODES[array.dtype], "shape": list(array.shape), "data_offsets": [begin, end]}
        data.append(numpy.ascontiguousarray(array).tobytes())
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    return {name: array(entry, content[8 + length :]) for name, entry in header.items()}


def array(entry, data):
    begin, end = entry["data_offsets"]
    if entry["dtype"] == "BF16":  # the upper half of an f32
        values = (numpy.frombuffer(data[begin:end], numpy.uint16).astype(numpy.uint32) << 16).view(numpy.float32)
    else:
        values = numpy.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
    return values.reshape(entry["shape"])
