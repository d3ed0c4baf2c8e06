"""decoder.py OUTPUT CLASS CONFIG [NAME=COPY] [without=PREFIX]: a checkpoint folder with random weights, computed by heed and by numpy.

CLASS may be one without an output: then names have nothing before them, and the states alone are compared. CONFIG is what config.json
says beside the small sizes of SMALL, as JSON. The folder is run by compiled code, by plain kernels and by the interpreter; places that
are padding are not compared. NAME=COPY stores a tensor under a second name too, `without` leaves out what stands before names."""
import json
import os
import subprocess
import sys

import numpy as np

import decoders
import rotary_decoders
from pieces import Weights

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "numerics"))
import safetensors

LLAMA = dict(vocab_size=31, hidden_size=24, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64)
GPT = dict(vocab_size=31, n_embd=24, n_layer=2, n_head=4, n_positions=16)
SMALL = {
    "LlamaForCausalLM": (rotary_decoders.llama, LLAMA),
    "MistralForCausalLM": (rotary_decoders.llama, LLAMA),
    "Qwen2ForCausalLM": (rotary_decoders.llama, LLAMA),
    "GemmaForCausalLM": (rotary_decoders.llama, LLAMA | {"head_dim": 8}),
    "Gemma2ForCausalLM": (rotary_decoders.llama, LLAMA | {"head_dim": 8, "query_pre_attn_scalar": 5}),
    "PhiForCausalLM": (rotary_decoders.phi, LLAMA | {"partial_rotary_factor": 0.67}),
    "Phi3ForCausalLM": (rotary_decoders.phi3, LLAMA),
    "GPTNeoXForCausalLM": (rotary_decoders.gpt_neox, LLAMA | {"rotary_pct": 0.34}),
    "GPT2LMHeadModel": (decoders.gpt2, GPT),
    "GPTJForCausalLM": (decoders.gptj, GPT | {"rotary_dim": 4}),
    "BloomForCausalLM": (decoders.bloom, dict(vocab_size=31, hidden_size=24, n_layer=2, n_head=4)),
    "MptForCausalLM": (decoders.mpt, dict(vocab_size=31, d_model=24, n_layers=2, n_heads=4)),
    "OPTForCausalLM": (decoders.opt, dict(vocab_size=31, hidden_size=24, ffn_dim=20, num_hidden_layers=2, num_attention_heads=4,
                                          max_position_embeddings=16)),
    "FalconForCausalLM": (decoders.falcon, dict(vocab_size=31, hidden_size=24, num_hidden_layers=2, num_attention_heads=4)),
}
WAYS = {"compiled": [], "plain": ["--plain=all"], "interpreted": ["--interpret"]}


def main(output, name, said, *more):
    headed = name in SMALL
    model, small = SMALL[name if headed else {"GPT2Model": "GPT2LMHeadModel"}.get(name, name.replace("Model", "ForCausalLM"))]
    config = {"architectures": [name], **small, **json.loads(said)}
    random, weights = np.random.default_rng(3), Weights(2)
    ids = random.integers(0, config["vocab_size"], (3, 11))
    mask = np.ones_like(ids)
    mask[1, 8:] = mask[2, :2] = 0
    expected = dict(zip(("logits", "last_hidden_state"), model(config, weights, ids, mask)))
    if not headed:
        states = {name: tensor for name, tensor in weights.tensors.items() if not name.startswith(("lm_head.", "embed_out."))}
        weights.tensors = {name.split(".", 1)[1]: tensor for name, tensor in states.items()}
    for original, copy in (pair.split("=") for pair in more):
        if original == "without":
            weights.tensors = {name.removeprefix(copy): tensor for name, tensor in weights.tensors.items()}
        else:
            weights.tensors[copy] = weights.tensors[original]
    os.makedirs(output, exist_ok=True)
    with open(f"{output}/config.json", "w") as file:
        json.dump(config, file)
    safetensors.write(f"{output}/model.safetensors", weights.tensors)
    safetensors.write(f"{output}/inputs", {"input_ids": ids, "attention_mask": mask})
    failed = False
    for way, flags in WAYS.items():
        files = ["--inputs", f"{output}/inputs", "--outputs", f"{output}/{way}"]
        subprocess.run(["heed", "run", output, "forward", *files, *flags], check=True)
        for result, found in safetensors.read(f"{output}/{way}").items():
            wanted = expected[result][mask != 0]
            apart = np.linalg.norm(found[mask != 0] - wanted) / np.linalg.norm(wanted)
            failed |= not apart < 1e-5
            print(f"{way} {result}: relative distance {apart:.2g}")
    sys.exit(failed)


main(*sys.argv[1:])
