"""Decoders with learned positions, ALiBi, or GPT-J's rotary layout, in numpy; see rotary_decoders.py."""
import math

import numpy as np

from pieces import activation, attend, layer_norm, linear
from rotary_decoders import angles, turned


def heads_of(x, count):
    return x.reshape(*x.shape[:2], count, -1)


def press_slopes(heads):
    """ALiBi's: a geometric sequence, for powers of two; else that of the power below, and every other one of the power above."""
    of_power = lambda n: [2 ** (-8 * (h + 1) / n) for h in range(n)]
    below = 2 ** int(math.floor(math.log2(heads)))
    return np.array(of_power(below) + of_power(2 * below)[0::2][: heads - below])


def mosaic_slopes(heads, steepest=8):
    above = 2 ** math.ceil(math.log2(heads))
    slopes = [1 / 2 ** (steepest * n / above) for n in range(1, above + 1)]
    return np.array(slopes if above == heads else (slopes[1::2] + slopes[0::2])[:heads])


def leaning(slopes, mask):
    """slope(h) times the position of the key, which softmax takes for minus the distance. [B, H, 1, T]"""
    return slopes[None, :, None, None] * ((np.cumsum(mask, 1) - 1) * mask)[:, None, None, :]


def gpt2(config, w, ids, mask):
    width, heads, depth = config["n_embd"], config["n_head"], config["n_layer"]
    eps, hidden = config.get("layer_norm_epsilon", 1e-5), config.get("n_inner") or 4 * width
    act = activation(config.get("activation_function", "gelu_new"))
    conv = lambda x, name, out: x @ w(name + ".weight", x.shape[-1], out) + w(name + ".bias", out)  # stored [in, out]
    table = w("transformer.wte.weight", config["vocab_size"], width)
    x = table[ids] + w("transformer.wpe.weight", config["n_positions"], width)[np.cumsum(mask, 1) - mask]
    for l in range(depth):
        at = f"transformer.h.{l}."
        q, k, v = np.split(conv(layer_norm(x, w, at + "ln_1", eps), at + "attn.c_attn", 3 * width), 3, -1)
        scale = (width // heads) ** -0.5 if config.get("scale_attn_weights", True) else 1.0
        scale = scale / (l + 1) if config.get("scale_attn_by_inverse_layer_idx") else scale
        x = x + conv(attend(*(heads_of(z, heads) for z in (q, k, v)), mask, scale=scale), at + "attn.c_proj", width)
        x = x + conv(act(conv(layer_norm(x, w, at + "ln_2", eps), at + "mlp.c_fc", hidden)), at + "mlp.c_proj", width)
    x = layer_norm(x, w, "transformer.ln_f", eps)
    return x @ (table if config.get("tie_word_embeddings", True) else w("lm_head.weight", config["vocab_size"], width)).T, x


def gptj(config, w, ids, mask):
    width, heads, depth = config["n_embd"], config["n_head"], config["n_layer"]
    eps, hidden = config.get("layer_norm_epsilon", 1e-5), config.get("n_inner") or 4 * width
    act, part = activation(config.get("activation_function", "gelu_new")), config["rotary_dim"] or width // heads
    cos, sin = angles({}, mask, part)
    halves = np.concatenate([np.arange(0, part, 2), np.arange(1, part, 2), np.arange(part, width // heads)])
    table = w("transformer.wte.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"transformer.h.{l}."
        n = layer_norm(x, w, at + "ln_1", eps)
        q, k, v = (heads_of(linear(n, w, f"{at}attn.{p}_proj", width, False), heads) for p in "qkv")
        # Scores do not change where queries and keys are put into another order alike: neighbours become halves.
        a = attend(turned(q[..., halves], cos, sin), turned(k[..., halves], cos, sin), v, mask)
        m = linear(act(linear(n, w, at + "mlp.fc_in", hidden)), w, at + "mlp.fc_out", width)
        x = x + linear(a, w, at + "attn.out_proj", width, False) + m
    x = layer_norm(x, w, "transformer.ln_f", eps)
    out = table if config.get("tie_word_embeddings") else w("lm_head.weight", config["vocab_size"], width)
    return x @ out.T + w("lm_head.bias", config["vocab_size"]), x


def bloom(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["n_head"], config["n_layer"]
    eps, act = config.get("layer_norm_epsilon", 1e-5), activation("gelu_new")
    table = w("transformer.word_embeddings.weight", config["vocab_size"], width)
    x = layer_norm(table[ids], w, "transformer.word_embeddings_layernorm", eps)
    for l in range(depth):
        at = f"transformer.h.{l}."
        n = layer_norm(x, w, at + "input_layernorm", eps)
        q, k, v = np.split(heads_of(linear(n, w, at + "self_attention.query_key_value", 3 * width), heads), 3, -1)
        a = attend(q, k, v, mask, bias=leaning(press_slopes(heads), mask))
        x = (n if config.get("apply_residual_connection_post_layernorm") else x) + linear(a, w, at + "self_attention.dense", width)
        n = layer_norm(x, w, at + "post_attention_layernorm", eps)
        m = linear(act(linear(n, w, at + "mlp.dense_h_to_4h", 4 * width)), w, at + "mlp.dense_4h_to_h", width)
        x = (n if config.get("apply_residual_connection_post_layernorm") else x) + m
    x = layer_norm(x, w, "transformer.ln_f", eps)
    return x @ (table if config.get("tie_word_embeddings", True) else w("lm_head.weight", config["vocab_size"], width)).T, x


def mpt(config, w, ids, mask):
    width, heads, depth, eps = config["d_model"], config["n_heads"], config["n_layers"], config.get("layer_norm_epsilon", 1e-5)
    told = config.get("attn_config") or {}
    table = w("transformer.wte.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"transformer.blocks.{l}."
        z = linear(layer_norm(x, w, at + "norm_1", eps, False), w, at + "attn.Wqkv", 3 * width, False)
        if told.get("clip_qkv"):
            z = np.clip(z, -told["clip_qkv"], told["clip_qkv"])
        a = attend(*(heads_of(part, heads) for part in np.split(z, 3, -1)), mask, scale=told.get("softmax_scale"),
                   bias=leaning(mosaic_slopes(heads), mask))
        x = x + linear(a, w, at + "attn.out_proj", width, False)
        m = activation("gelu")(linear(layer_norm(x, w, at + "norm_2", eps, False), w, at + "ffn.up_proj", 4 * width, False))
        x = x + linear(m, w, at + "ffn.down_proj", width, False)
    x = layer_norm(x, w, "transformer.norm_f", eps, False)
    return x @ (table if config.get("tie_word_embeddings", True) else w("lm_head.weight", config["vocab_size"], width)).T, x


def opt(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    words, hidden = config.get("word_embed_proj_dim") or width, config["ffn_dim"]
    before, biased = config.get("do_layer_norm_before", True), config.get("enable_bias", True)
    act = activation(config.get("activation_function", "relu"))
    norm = lambda x, name: layer_norm(x, w, name, affine=config.get("layer_norm_elementwise_affine", True))
    table = w("model.decoder.embed_tokens.weight", config["vocab_size"], words)
    x = table[ids]
    if words != width:
        x = linear(x, w, "model.decoder.project_in", width, False)
    x = x + w("model.decoder.embed_positions.weight", config["max_position_embeddings"] + 2, width)[np.cumsum(mask, 1) * mask + 1]
    for l in range(depth):
        at = f"model.decoder.layers.{l}."
        n = norm(x, at + "self_attn_layer_norm") if before else x
        q, k, v = (heads_of(linear(n, w, f"{at}self_attn.{p}_proj", width, biased), heads) for p in "qkv")
        x = x + linear(attend(q, k, v, mask), w, at + "self_attn.out_proj", width, biased)
        x = x if before else norm(x, at + "self_attn_layer_norm")
        n = norm(x, at + "final_layer_norm") if before else x
        x = x + linear(act(linear(n, w, at + "fc1", hidden, biased)), w, at + "fc2", width, biased)
        x = x if before else norm(x, at + "final_layer_norm")
    if before and not config.get("_remove_final_layer_norm"):
        x = norm(x, "model.decoder.final_layer_norm")
    if words != width:
        x = linear(x, w, "model.decoder.project_out", words, False)
    return x @ (table if config.get("tie_word_embeddings", True) else w("lm_head.weight", config["vocab_size"], words)).T, x


def bf16(x):
    """Rounded to the nearest number of eight binary digits, to the even one of two; kept as f64."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(np.float64)


def falcon(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    second, parallel = config.get("new_decoder_architecture", False), config.get("parallel_attn", True)
    groups = (config.get("num_kv_heads") or heads) if second else 1 if config.get("multi_query", True) else heads
    eps, biased, size = config.get("layer_norm_epsilon", 1e-5), config.get("bias", False), width // heads
    hidden, act = config.get("ffn_hidden_size") or 4 * width, activation(config.get("activation", "gelu"))
    two = second and (config.get("num_ln_in_parallel_attn") or 2) == 2
    cos, sin = angles(config, mask, size)
    table = w("transformer.word_embeddings.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"transformer.h.{l}."
        n = layer_norm(x, w, at + ("ln_attn" if two else "input_layernorm"), eps)
        z = linear(n, w, at + "self_attention.query_key_value", (heads + 2 * groups) * size, biased)
        z = z.reshape(*ids.shape, groups, heads // groups + 2, size)
        q, k, v = z[..., :-2, :].reshape(*ids.shape, heads, size), z[..., -2, :], z[..., -1, :]
        if config.get("alibi"):
            lean = bf16(leaning(bf16(press_slopes(heads)), bf16(mask)))
            a = attend(q, k, v, mask, bias=lean * size**-0.5)
        else:
            a = attend(turned(q, cos, sin), turned(k, cos, sin), v, mask)
        a = linear(a, w, at + "self_attention.dense", width, biased)
        if not parallel:
            n = layer_norm(x + a, w, at + "post_attention_layernorm", eps)
        elif two:
            n = layer_norm(x, w, at + "ln_mlp", eps)
        x = x + a + linear(act(linear(n, w, at + "mlp.dense_h_to_4h", hidden, biased)), w, at + "mlp.dense_4h_to_h", width, biased)
    x = layer_norm(x, w, "transformer.ln_f", eps)
    return x @ (table if config.get("tie_word_embeddings", True) else w("lm_head.weight", config["vocab_size"], width)).T, x
