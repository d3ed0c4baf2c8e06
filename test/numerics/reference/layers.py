"""Linear maps, norms, activations, positions, layers in loops, objectives."""
import math

import numpy as np

# ---- linear.heed, embedding.heed, broadcast.heed ------------------------------------------------------------------------------


def linear_biased(x, w):
    return x @ w["up.weight"] + w["up.bias"]


def linear_bare(x, w):
    return x @ w["up.weight"]


def linear_chain(x, w):
    return linear_biased(x, w) @ w["down.weight"] + x


def linear_transposed(x, w):
    return x @ w["up.weight"].T


def linear_low_rank(w):
    return w["up.weight"] @ w["down.weight"]


def linear_batched(a, b):
    return a @ b


def linear_trilinear(x, z, w):
    return ((x @ w["up.weight"]) * z).sum(1)


def embedding_embedded(tokens, w):
    return w["table.weight"][tokens]


def embedding_logits(tokens, w):
    return w["table.weight"][tokens] @ w["table.weight"].T


def broadcast_rows(x, z, s, w):
    return (x + z) * w["b"] - s


# ---- norm.heed, activations.heed, feed-forward.heed ---------------------------------------------------------------------------


def layer_norm(x, weight, bias=0, eps=1e-5):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps) * weight + bias


def rms_norm(x, weight, eps=1e-6):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + eps) * weight


def norm_layer(x, w):
    return layer_norm(x, w["a.weight"], w["a.bias"])


def norm_unbiased(x, w):
    return layer_norm(x, w["b.weight"], eps=0.1)


def norm_rms(x, w):
    return rms_norm(x, w["c.weight"])


def norm_gemma(x, w):
    return rms_norm(x, 1 + w["d.weight"])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


erf = np.vectorize(math.erf, otypes=[float])


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def silu(x):
    return x * sigmoid(x)


def activations_gelu_of(x):
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def activations_gelu_tanh_of(x):
    return gelu_tanh(x)


def activations_silu_of(x):
    return silu(x)


def activations_quick_gelu_of(x):
    return x * sigmoid(1.702 * x)


def activations_relu_squared_of(x):
    return np.maximum(x, 0) ** 2


def activations_mish_of(x):
    return x * np.tanh(np.log1p(np.exp(x)))


def activations_softplus_of(x):
    return np.logaddexp(0, x), np.logaddexp(0, 100 * x)


def activations_others(x):
    return x * sigmoid(1.702 * x), np.maximum(x, 0) ** 2, x * np.tanh(np.logaddexp(0, x))


def activations_curves(x):
    return abs(x), np.sin(x), np.cos(x), np.tanh(x), sigmoid(x), erf(x)


def activations_growth(x, p):
    return np.exp(x), np.log(p), np.log2(p), np.log1p(p), np.sqrt(p), 1 / np.sqrt(p), np.tan(x)


def activations_powers(x, p):
    return x**2, x**3, p**x, 2**x, p**-1.5


def activations_ends(x, z):
    return np.maximum(x, z), np.minimum(x, 0.5), np.maximum(-1, np.minimum(x, z**2))


def feed_forward_classic(x, w):
    return gelu_tanh(x @ w["plain.up.weight"] + w["plain.up.bias"]) @ w["plain.down.weight"] + w["plain.down.bias"]


def feed_forward_swiglu(x, w):
    return (silu(x @ w["gated.gate.weight"]) * (x @ w["gated.up.weight"])) @ w["gated.down.weight"]


# ---- rotary.heed, sinusoid.heed, positions.heed, prefix.heed -------------------------------------------------------------------


def turned(x, p, frequency):
    """x: [B, T, H, F] complex: feature f turned by p · frequency[f]."""
    return x * np.exp(1j * p[:, :, None, None] * frequency)


def rotary_halves(x, p, base=10000.0, scale=1.0):
    F = x.shape[-1] // 2
    y = scale * turned(x[..., :F] + 1j * x[..., F:], p, base ** (-np.arange(F) / F))
    return np.concatenate([y.real, y.imag], -1)


def rotary_neighbours(x, p):
    F = x.shape[-1] // 2
    y = turned(x[..., 0::2] + 1j * x[..., 1::2], p, 500.0 ** (-np.arange(F) / F))
    return np.stack([y.real, y.imag], -1).reshape(x.shape)


def rotary_partial(x, p):
    return np.concatenate([rotary_halves(x[..., :6], p, 100.0, 1.25), x[..., 6:]], -1)


def rotary_stretched(x, p):
    return rotary_halves(x, p / 4)


def rotary_partial_neighbours(x, p):
    y = 1.25 * turned(x[..., 0:6:2] + 1j * x[..., 1:6:2], p, 100.0 ** (-np.arange(3) / 3))
    return np.concatenate([np.stack([y.real, y.imag], -1).reshape(*x.shape[:-1], 6), x[..., 6:]], -1)


def turned_halves(x, p, frequency, scale=1.0):
    y = scale * turned(x[..., :5] + 1j * x[..., 5:], p, frequency)
    return np.concatenate([y.real, y.imag], -1)


def rotary_dynamic(x, p):
    longer = max(p.shape[1] / 16, 1)
    base = 10000.0 * (4 * longer - 3) ** (10 / 8)
    return turned_halves(x, p, base ** (-np.arange(5) / 5))


def rotary_yarn(x, p):
    """Of the dimensions, 2 f is where a pair turns n times over 256 positions; the ramp goes from n = 32 to n = 1."""
    place = lambda n: 10 * math.log(256 / (n * 2 * math.pi)) / (2 * math.log(10000))
    low, high = max(math.floor(place(32)), 0), min(math.ceil(place(1)), 9)
    ramp = np.clip((np.arange(5) - low) / (high - low), 0, 1)
    frequency = 10000.0 ** (-np.arange(5) / 5)
    return turned_halves(x, p, frequency / 4 * ramp + frequency * (1 - ramp), 0.1 * math.log(4) + 1)


def rotary_llama3(x, p):
    frequency = 10000.0 ** (-np.arange(5) / 5)
    turns = 256 * frequency / (2 * math.pi)
    mixed = (4 - turns) / 3 * frequency / 8 + (turns - 1) / 3 * frequency
    return turned_halves(x, p, np.where(turns > 4, frequency, np.where(turns < 1, frequency / 8, mixed)))


def rotary_long(x, p):
    frequency = 10000.0 ** (-np.arange(5) / 5) / np.array([1, 1.5, 2, 4, 8.25])
    return turned_halves(x, p, frequency, math.sqrt(1 + math.log(4) / math.log(256)))


def sinusoid_alternating(p):
    angle = p[..., None] * 10000.0 ** (-2 * np.arange(7) / 14)
    return np.stack([np.sin(angle), np.cos(angle)], -1).reshape(*p.shape, 14)


def sinusoid_halves(p):
    angle = p[..., None] * 100.0 ** (-2 * np.arange(7) / 14)
    return np.concatenate([np.sin(angle), np.cos(angle)], -1)


def sinusoid_counted(x):
    return x + sinusoid_alternating(np.arange(x.shape[1]))


def positions_padded(valid):
    return np.cumsum(valid, 1) - valid


def positions_running(x):
    return np.cumsum(x, 1)


def positions_highest(x):
    return np.maximum.accumulate(x, 1)


def prefix_logs(x):
    return np.logaddexp.accumulate(x, 1)


def prefix_averages(x):
    return np.cumsum(x, 1) / np.arange(1, x.shape[1] + 1)[:, None]


def prefix_products(x):
    return np.concatenate([np.ones_like(x[:, :1]), np.cumprod(x, 1)[:, :-1]], 1)


def prefix_least(x):
    return np.concatenate([np.full_like(x[:, :1], np.inf), np.minimum.accumulate(x, 1)[:, :-1]], 1)


def prefix_places(x):
    return np.stack([x[:, : t + 1].argmax(1) for t in range(x.shape[1])], 1)


def prefix_seen(x):
    return np.stack([(x[:, :t] > 1).any(1) for t in range(x.shape[1])])


def prefix_scaled(x, z):
    return np.cumsum(x, 1) * z


def banded(x, least, most):
    """y[t] = sum of x[u] where least <= t - u <= most"""
    t, u = np.ogrid[: x.shape[1], : x.shape[1]]
    return x @ ((t - u >= least) & (t - u <= most)).T.astype(float)


def prefix_window(x):
    return banded(x, 0, 2)


def prefix_delayed(x):
    return banded(x, 3, np.inf)


def prefix_ahead(x):
    return banded(x, -2, np.inf)


def prefix_distances(x):
    return np.stack([x[:, : t + 1] @ np.arange(t, -1, -1) for t in range(x.shape[1])], 1)


def prefix_square(x):
    return np.cumsum(np.cumsum(x, 0), 1)


def prefix_triangle(x):
    return np.triu(x[:, ::-1]).sum()


# ---- layers.heed, losses.heed, initialisers.heed, sharing.heed -----------------------------------------------------------------


def layer(x, w, layers, share):
    """One of layers.heed's; `layers` says which stack, and its index where there is one."""
    get = lambda name: w[f"{layers[0]}.{name}"][layers[1:]]
    h = rms_norm(x, get("norm.weight")) @ get("up.weight") + get("up.bias")
    return x + share * activations_gelu_of(h) @ get("down.weight")


def layers_once(x, w):
    for l in range(len(w["first.*.norm.weight"])):
        x = layer(x, w, ("first.*", l), 0.5)
    return x


def layers_two(x, w):
    middle = y = layers_once(x, w)
    for l in range(3):
        y = layer(y, w, ("second.*", l), 1)
    return y, middle


def layers_exchanged(x, z, w):
    for l in range(len(w["first.*.norm.weight"])):
        x, z = z, layer(x, w, ("first.*", l), 0.5)
    return x, z


def layers_looped(x, w):
    for _ in range(len(w["first.*.norm.weight"])):
        x = layer(x, w, ("shared",), 0.1)
    return x


def entropies(x, target):
    """-log p(target) at each place; any place whose target is negative gives something that is not used."""
    logs = x - x.max(-1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(-1, keepdims=True))
    return -np.take_along_axis(logs, np.maximum(target, 0)[..., None], -1)[..., 0], -logs.mean(-1)


def losses_entropy(x, target):
    return entropies(x, target)[0].mean()


def losses_counted(x, label):
    seen = label >= 0
    return (entropies(x, label)[0] * seen).sum() / max(seen.sum(), 1)


def losses_shifted(x, label):
    return losses_counted(x[:, :-1], label[:, 1:]) if x.shape[1] > 1 else 0.0


def losses_smoothed(x, label):
    hit, even = entropies(x, label)
    return ((0.9 * hit + 0.1 * even) * (label >= 0)).sum() / max((label >= 0).sum(), 1)


def losses_spans(x, z, start, end):
    ends = [(s, np.maximum(p, 0)) for s, p in ((x, start), (z, end))]
    return sum(losses_counted(s, np.where(p < s.shape[1], p, -1)) for s, p in ends) / 2


def losses_questions(x, z):
    """-z log p - (1 - z) log(1 - p), where p = 1 / (1 + exp(-x))."""
    entropy = lambda x: (z * np.logaddexp(0, -x) + (1 - z) * np.logaddexp(0, x)).mean()
    return entropy(x), entropy(100 * x)


def losses_squares(x, z):
    return ((x - z) ** 2).mean()


def losses_share(x, target):
    return (x.argmax(-1) == target).mean()


def initialisers_exact():
    return np.log(np.arange(1, 6))[:, None] - np.arange(3), np.full(3, 0.25)


def initialisers_normals():
    return 1, 1, 3, math.erf(1 / math.sqrt(2))


def initialisers_uniforms():
    return 1 / 2, 1 / 3, 0.1, 1


def initialisers_apart():
    return 1, 1, 1, 2


def sharing_passed(x, w):
    return 5 * (x @ w["shared.weight"] + w["shared.bias"])


def sharing_direct(x, w):
    return x + w["shared.bias"]


def sharing_second(x, w):
    return x @ w["stages.*.weight"][1] + w["stages.*.bias"][1]
