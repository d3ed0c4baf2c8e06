"""large.py FOLDER: files of every format that make as much of few bytes as the format allows, just within the limits and just beyond."""
import json
import os
import sys

import safetensors

folder = sys.argv[1]


def write(name, content):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def config(name, text):
    write(f"{name}/config.json", text)
    write(f"{name}/model.safetensors", safetensors.file({}))


def index(name, text):
    write(f"{name}/config.json", b"{}")
    write(f"{name}/model.safetensors.index.json", text)


def object_of(items):
    return b"{" + b",".join(items) + b"}"


EMPTY = b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
AXES = b'{"dtype":"U8","shape":[0' + b",1" * 63 + b'],"data_offsets":[0,0]}'
write("tensors.safetensors", safetensors.file(object_of(b'"%x":' % i + EMPTY for i in range(65536))))
write("axes.safetensors", safetensors.file(object_of(b'"%x":' % i + AXES for i in range(10_000))))
write("long-names.safetensors", safetensors.file(object_of(b'"%0120x":' % i + EMPTY for i in range(65536))))
write("metadata.safetensors", safetensors.file(b'{"__metadata__":' + object_of(b'"%x":""' % i for i in range(699_000)) + b"}"))
write("long-text.safetensors", safetensors.file(b'{"__metadata__":{"a":"' + b"b" * 1_000_000 + b'\n"}}'))
write("long-keys.safetensors", safetensors.file(b'{"__metadata__":' + object_of(b'"%0900000x":""' % i for i in range(60)) + b"}"))
write("padded.safetensors", safetensors.file(b"{}" + b" " * 90_000_000))
config("integers", object_of(b'"%x":1' % i for i in range(59_000)))
config("lists", object_of(b'"%x":[]' % i for i in range(59_000)))
config("objects", object_of(b'"%x":{}' % i for i in range(59_000)))
config("one-list", b'{"a":[' + b",".join([b"1"] * 59_000) + b"]}")
config("lists-in-a-list", b'{"a":[' + b",".join([b"[]"] * 59_000) + b"]}")
config("long-keys", b'{"' + b"k" * 60 + b'":' + object_of(b'"%x":1' % i for i in range(59_000)) + b"}")
config("texts", object_of(b'"%x":"0123456789abcdef"' % i for i in range(59_000)))
config("text", json.dumps({"a": "é" * 150_000}).encode())
index("names", b'{"weight_map":' + object_of(b'"%x":"1.safetensors"' % i for i in range(199_000)) + b"}")
index("files", b'{"weight_map":' + object_of(b'"%x":"%x.safetensors"' % (i, i) for i in range(4096)) + b"}")
for size in (1, 2, 4):
    write(f"linear-{size}.safetensors", safetensors.file(b'{"__metadata__":' + object_of(b'"%x":""' % i for i in range(size * 170_000)) + b"}"))
