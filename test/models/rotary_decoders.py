"""Decoders with rotary positions, in numpy: what a config.json and the tensors stored with it mean. In: the config, `w`, token ids and the
mask. Out: logits and the last hidden state. Written from papers and from what the checkpoints' library does, never from stdlib/."""
import math

import numpy as np

from pieces import activation, attend, layer_norm, linear, rms_norm


def scaling(config):
    """The dictionary that says how frequencies are stretched, whichever name it goes by, and its kind."""
    told = config.get("rope_parameters") or config.get("rope_scaling") or {}
    return told, told.get("rope_type") or told.get("type") or "default"


def angles(config, mask, features, base=None, kind=None, measured=False):
    """cos and sin, [B, T, 1, features / 2]. LongRoPE is `measured` where it asks how long the text is."""
    told, said = scaling(config)
    kind = kind or said
    base = base or told.get("rope_theta") or config.get("rope_theta", 10000.0)
    context = config.get("max_position_embeddings")
    pair = np.arange(features // 2)
    frequency, scale = base ** (-2.0 * pair / features), 1.0
    factor = told.get("factor")
    if kind == "linear":
        frequency = frequency / factor
    elif kind == "dynamic":
        length = max(mask.shape[1], context)
        longer = base * (factor * length / context - (factor - 1)) ** (features / (features - 2))
        frequency = longer ** (-2.0 * pair / features)
    elif kind == "yarn":
        turns = lambda n: features * math.log(context / (n * 2 * math.pi)) / (2 * math.log(base))
        low = max(math.floor(turns(told.get("beta_fast") or 32)), 0)
        high = min(math.ceil(turns(told.get("beta_slow") or 1)), features - 1)
        kept = 1 - np.clip((pair - low) / (high - low if high != low else 0.001), 0, 1)
        frequency = frequency / factor * (1 - kept) + frequency * kept
        scale = told.get("attention_factor") or 0.1 * math.log(factor) + 1
    elif kind == "llama3":
        old, low, high = told["original_max_position_embeddings"], told["low_freq_factor"], told["high_freq_factor"]
        for i, f in enumerate(frequency):
            length = 2 * math.pi / f
            smooth = (old / length - low) / (high - low)
            if length > old / low:
                frequency[i] = f / factor
            elif length >= old / high:
                frequency[i] = (1 - smooth) * f / factor + smooth * f
    elif kind == "longrope":
        old = config.get("original_max_position_embeddings", context)
        ratio = context / old if "original_max_position_embeddings" in config else factor
        long = mask.shape[1] > old if measured else ratio > 1
        frequency = frequency / np.array(told["long_factor" if long else "short_factor"])
        scale = math.sqrt(1 + math.log(ratio) / math.log(old)) if ratio > 1 else 1.0
    position = np.cumsum(mask, 1) - mask
    angle = position[:, :, None, None] * frequency
    return scale * np.cos(angle), scale * np.sin(angle)


def turned(x, cos, sin):
    """Of the first features, the f-th of the lower half is paired with the f-th of the upper half."""
    half = cos.shape[-1]
    a, b = x[..., :half], x[..., half : 2 * half]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin, x[..., 2 * half :]], -1)


def windowed(config, name, l):
    """Whether the layer's window holds, where the config tells its width."""
    if "layer_types" in config and config["layer_types"][l] != "sliding_attention":
        return False
    if name.startswith("Gemma2"):
        return l % 2 == 0 or "layer_types" in config
    return name.startswith("Mistral") or name.startswith("Qwen2") and config.get("use_sliding_window", False)


def llama(config, w, ids, mask, prefix="model."):
    """Llama, Mistral, Qwen2, Gemma, Gemma 2."""
    name = config["architectures"][0]
    gemma, second = name.startswith("Gemma"), name.startswith("Gemma2")
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    groups = config.get("num_key_value_heads") or heads
    size = config.get("head_dim") or width // heads
    biased = config.get("attention_bias", False)
    act = activation(config.get("hidden_activation") or "gelu_pytorch_tanh" if gemma else config.get("hidden_act", "silu"))
    norm = lambda x, name: rms_norm(x, gemma + w(name + ".weight", width), config.get("rms_norm_eps", 1e-6))
    cos, sin = angles(config, mask, size)
    table = w(prefix + "embed_tokens.weight", config["vocab_size"], width)
    x = table[ids] * (math.sqrt(width) if gemma else 1)
    for l in range(depth):
        at = f"{prefix}layers.{l}."
        n = norm(x, at + "input_layernorm")
        q, k, v = (linear(n, w, f"{at}self_attn.{p}_proj", count * size, biased or name.startswith("Qwen2"))
                   .reshape(*ids.shape, count, size) for p, count in (("q", heads), ("k", groups), ("v", groups)))
        window = config.get("sliding_window") if windowed(config, name, l) else None
        a = attend(turned(q, cos, sin), turned(k, cos, sin), v, mask, window,
                   scale=config["query_pre_attn_scalar"] ** -0.5 if second else None,
                   cap=config.get("attn_logit_softcapping") if second else None)
        a = linear(a, w, at + "self_attn.o_proj", width, biased)
        x = x + (norm(a, at + "post_attention_layernorm") if second else a)
        n = norm(x, at + ("pre_feedforward_layernorm" if second else "post_attention_layernorm"))
        hidden, bias = config["intermediate_size"], config.get("mlp_bias", False)
        m = act(linear(n, w, at + "mlp.gate_proj", hidden, bias)) * linear(n, w, at + "mlp.up_proj", hidden, bias)
        m = linear(m, w, at + "mlp.down_proj", width, bias)
        x = x + (norm(m, at + "post_feedforward_layernorm") if second else m)
    x = norm(x, prefix + "norm")
    logits = x @ (table if config.get("tie_word_embeddings", gemma) else w("lm_head.weight", config["vocab_size"], width)).T
    cap = config.get("final_logit_softcapping") if second else None
    return (cap * np.tanh(logits / cap) if cap else logits), x


def phi3(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    groups = config.get("num_key_value_heads") or heads
    size, eps, hidden = width // heads, config.get("rms_norm_eps", 1e-5), config["intermediate_size"]
    act = activation(config.get("hidden_act", "silu"))
    cos, sin = angles(config, mask, int(size * config.get("partial_rotary_factor", 1)),
                      kind="longrope" if scaling(config)[1] != "default" else "default", measured=True)
    table = w("model.embed_tokens.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"model.layers.{l}."
        n = rms_norm(x, w(at + "input_layernorm.weight", width), eps)
        z = linear(n, w, at + "self_attn.qkv_proj", (heads + 2 * groups) * size, False).reshape(*ids.shape, -1, size)
        q, k, v = np.split(z, [heads, heads + groups], 2)
        a = attend(turned(q, cos, sin), turned(k, cos, sin), v, mask, config.get("sliding_window"))
        x = x + linear(a, w, at + "self_attn.o_proj", width, False)
        n = rms_norm(x, w(at + "post_attention_layernorm.weight", width), eps)
        gate, up = np.split(linear(n, w, at + "mlp.gate_up_proj", 2 * hidden, False), 2, -1)
        x = x + linear(act(gate) * up, w, at + "mlp.down_proj", width, False)
    x = rms_norm(x, w("model.norm.weight", width), eps)
    return x @ (table if config.get("tie_word_embeddings") else w("lm_head.weight", config["vocab_size"], width)).T, x


def phi(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    groups = config.get("num_key_value_heads") or heads
    size, eps, hidden = width // heads, config.get("layer_norm_eps", 1e-5), config["intermediate_size"]
    act = activation(config.get("hidden_act", "gelu_new"))
    cos, sin = angles(config, mask, int(size * config.get("partial_rotary_factor", 0.5)))
    table = w("model.embed_tokens.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"model.layers.{l}."
        n = layer_norm(x, w, at + "input_layernorm", eps)
        q, k, v = (linear(n, w, f"{at}self_attn.{p}_proj", count * size).reshape(*ids.shape, count, size)
                   for p, count in (("q", heads), ("k", groups), ("v", groups)))
        if config.get("qk_layernorm"):
            q, k = layer_norm(q, w, at + "self_attn.q_layernorm", eps), layer_norm(k, w, at + "self_attn.k_layernorm", eps)
        a = attend(turned(q, cos, sin), turned(k, cos, sin), v, mask)
        m = linear(act(linear(n, w, at + "mlp.fc1", hidden)), w, at + "mlp.fc2", width)
        x = x + linear(a, w, at + "self_attn.dense", width) + m
    x = layer_norm(x, w, "model.final_layernorm", eps)
    out = table if config.get("tie_word_embeddings") else w("lm_head.weight", config["vocab_size"], width)
    return x @ out.T + w("lm_head.bias", config["vocab_size"]), x


def gpt_neox(config, w, ids, mask):
    width, heads, depth = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    size, eps, hidden = width // heads, config.get("layer_norm_eps", 1e-5), config["intermediate_size"]
    act, biased = activation(config.get("hidden_act", "gelu")), config.get("attention_bias", True)
    cos, sin = angles(config, mask, int(size * config.get("rotary_pct", 0.25)), config.get("rotary_emb_base", 10000))
    table = w("gpt_neox.embed_in.weight", config["vocab_size"], width)
    x = table[ids]
    for l in range(depth):
        at = f"gpt_neox.layers.{l}."
        n = layer_norm(x, w, at + "input_layernorm", eps)
        z = linear(n, w, at + "attention.query_key_value", 3 * width, biased).reshape(*ids.shape, heads, 3 * size)
        q, k, v = np.split(z, 3, -1)
        a = linear(attend(turned(q, cos, sin), turned(k, cos, sin), v, mask), w, at + "attention.dense", width, biased)
        n = layer_norm(x if config.get("use_parallel_residual", True) else x + a, w, at + "post_attention_layernorm", eps)
        x = x + a + linear(act(linear(n, w, at + "mlp.dense_h_to_4h", hidden)), w, at + "mlp.dense_4h_to_h", width)
    x = layer_norm(x, w, "gpt_neox.final_layer_norm", eps)
    return x @ (table if config.get("tie_word_embeddings") else w("embed_out.weight", config["vocab_size"], width)).T, x
