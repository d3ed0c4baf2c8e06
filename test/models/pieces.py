"""What the decoders in numpy are made of, in f64: random tensors under stored names, linear maps, norms, activations, attention."""
import math

import numpy as np


class Weights:
    """Draws each tensor when its name is asked for first, so that a model says itself what its checkpoint holds."""

    def __init__(self, seed):
        self.random, self.tensors = np.random.default_rng(seed), {}

    def __call__(self, name, *shape):
        if name not in self.tensors:
            draw = self.random.standard_normal(shape).astype(np.float32)
            self.tensors[name] = 1 + 0.3 * draw if len(shape) == 1 and name.endswith("weight") else 0.3 * draw
        assert self.tensors[name].shape == shape, name
        return self.tensors[name].astype(np.float64)


def linear(x, w, name, out, biased=True):
    """The matrix is stored [out, in]."""
    y = x @ w(name + ".weight", out, x.shape[-1]).T
    return y + w(name + ".bias", out) if biased else y


def layer_norm(x, w, name, eps=1e-5, biased=True, affine=True):
    y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    if affine:
        y = y * w(name + ".weight", x.shape[-1])
    return y + w(name + ".bias", x.shape[-1]) if affine and biased else y


def rms_norm(x, weight, eps):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + eps) * weight


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def tanh_gelu(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "relu2": lambda x: np.maximum(x, 0) ** 2,
    "gelu": lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "gelu_new": tanh_gelu,
    "gelu_pytorch_tanh": tanh_gelu,
    "gelu_fast": tanh_gelu,
    "quick_gelu": lambda x: x * sigmoid(1.702 * x),
    "silu": lambda x: x * sigmoid(x),
    "tanh": np.tanh,
}


def activation(name):
    return ACTIVATIONS[name]


def attend(q, k, v, mask, window=None, scale=None, cap=None, bias=None):
    """q: [B, T, H, E], k, v: [B, T, G, E], mask: [B, T], bias: [B, H, T, T] added behind the scale. Out: [B, T, H * E]."""
    B, T, H, E = q.shape
    k, v = (np.repeat(x, H // k.shape[2], axis=2) for x in (k, v))
    i, j = np.ogrid[:T, :T]
    visible = (j <= i) & (mask[:, None, None, :] != 0)
    if window:
        visible = visible & (i - j < window)
    s = np.einsum("bihe,bjhe->bhij", q, k) * (E**-0.5 if scale is None else scale)
    s = cap * np.tanh(s / cap) if cap else s
    s = s if bias is None else s + bias
    e = np.exp(np.where(visible, s - np.max(s, -1, keepdims=True, where=visible, initial=-1e30), -np.inf))
    return np.einsum("bhij,bjhd->bihd", e / np.maximum(e.sum(-1, keepdims=True), 1e-300), v).reshape(B, T, -1)
