"""letters.py FOLDER: small vocabularies that need patterns (gpt2), the properties of characters (bert), or neither (llama2)."""
import json
import pathlib
import sys

from plain import ALPHABET

folder = pathlib.Path(sys.argv[1])
bytes_ = {f"<0x{b:02X}>": b for b in range(256)}
for name, content in {
    "gpt2/vocab.json": {ALPHABET[b]: b for b in range(256)},
    "gpt2/merges.txt": "#version: 0.2\n",
    "gpt2/generation_config.json": {"bos_token_id": 10},
    "bert/vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n",
    "llama2/tokenizer.json": {"normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "_"}, "decoder": {"type": "ByteFallback"},
                              "model": {"type": "BPE", "byte_fallback": True, "vocab": bytes_, "merges": []}},
}.items():
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
