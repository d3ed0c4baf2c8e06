"""Folders whose model.safetensors.index.json is malformed, or says what is not so."""
import json
import safetensors

config = b'{"architectures": ["A"]}'
tensor = {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}


def folder(index, **shards):
    text = index if isinstance(index, bytes) else json.dumps(index).encode()
    files = {f"{name}.safetensors": content for name, content in shards.items()}
    return {"config.json": config, "model.safetensors.index.json": text, **files}


def names(file):
    return folder({"weight_map": {"a": file}})


def shard(*tensors):
    header = {name: {"dtype": "U8", "shape": [1], "data_offsets": [i, i + 1]} for i, name in enumerate(tensors)}
    return safetensors.file(header, bytes(len(tensors)))


def cases():
    yield from syntax()
    yield from maps()
    yield from paths()
    yield from shards()


def syntax():
    yield "an empty file", folder(b"")
    yield "blanks", folder(b"  \n")
    yield "cut in a name", folder(b'{"weight_map": {"a')
    yield "cut in the map", folder(b'{"weight_map": {"a": "1.safetensors"')
    yield "cut at the last brace", folder(b'{"weight_map": {"a": "1.safetensors"}')
    yield "text behind the end", folder(b'{"weight_map": {}} x')
    yield "bytes that are no UTF-8", folder(b'{"weight_map": {"\xc3(": "1.safetensors"}}')
    yield "UTF-16", folder('{"weight_map": {}}'.encode("utf-16"))
    yield "no JSON", folder(b"weight_map: {}")
    yield "deeply nested", folder(b'{"metadata": ' + b"[" * 100_000)
    yield "deeply nested in the map", folder(b'{"weight_map": {"a": ' + b'{"b":' * 100_000)
    yield "a text without end", folder(b'{"weight_map": {"a": "' + b"x" * 3_000_000)
    yield "the same key twice", folder(b'{"weight_map": {}, "weight_map": {}}')
    yield "the same tensor twice", folder(b'{"weight_map": {"a": "x.safetensors", "a": "y.safetensors"}}')
    yield "longer than is read", folder(b'{"weight_map": {"' + b'": "x.safetensors", "'.join([b"a" * 500_000] * 136))


def maps():
    for kind, value in {"a number": 3, "a text": "x.safetensors", "null": None, "a list": ["x.safetensors"], "true": True}.items():
        yield f"the index is {kind}", folder(value)
        yield f"the map is {kind}", folder({"weight_map": value})
    for kind, value in {"a number": 3, "a fraction": 0.5, "null": None, "a list": ["x.safetensors"], "false": False, "an object": {}}.items():
        yield f"a file's name is {kind}", names(value)
    yield "no map", folder({"metadata": {"total_size": 1}})
    yield "the map is elsewhere", folder({"metadata": {"weight_map": {"a": "x.safetensors"}}})
    yield "200001 tensors", folder({"weight_map": {f"{i:x}": "x.safetensors" for i in range(200_001)}})
    yield "4097 files", folder({"weight_map": {f"{i:x}": f"{i}.safetensors" for i in range(4097)}})


def paths():
    for path in ["../x.safetensors", "../../x.safetensors", "/etc/x.safetensors", "a/x.safetensors", "./x.safetensors", ".x.safetensors",
                 "..", "", "/", "passwd", "x.safetensors/", "x.safetensors\0.safetensors", "x.bin", "file:///x.safetensors",
                 "..\\/x.safetensors", "\x1b[2J/x.safetensors"]:
        yield f"the path {path!r}", names(path)


def shards():
    yield "no such file", names("x.safetensors")
    yield "a file that is empty", folder({"weight_map": {"a": "x.safetensors"}}, x=b"")
    yield "a file that is cut", folder({"weight_map": {"a": "x.safetensors"}}, x=shard("a")[:-1])
    yield "a file that is none", folder({"weight_map": {"a": "x.safetensors"}}, x=b"\x80\x02}q\0.")
    yield "a tensor that the file lacks", folder({"weight_map": {"a": "x.safetensors", "b": "x.safetensors"}}, x=shard("a"))
    yield "a tensor that the map lacks", folder({"weight_map": {"a": "x.safetensors"}}, x=shard("a", "b"))
    yield "a tensor that is in another file", folder({"weight_map": {"a": "x.safetensors", "b": "y.safetensors"}}, x=shard("a", "b"), y=shard("b"))
    yield "tensors exchanged", folder({"weight_map": {"a": "x.safetensors", "b": "y.safetensors"}}, x=shard("b"), y=shard("a"))
