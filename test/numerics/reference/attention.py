"""Masks, scores, normalisers, heads, and attend by itself."""
import math

import numpy as np


def softmax(s, visible):
    """Over the visible scores of each row; zeros where there are none."""
    e = np.exp(np.where(visible, s - np.max(s, -1, keepdims=True, where=visible, initial=-1e30), -np.inf))
    return e / np.maximum(e.sum(-1, keepdims=True), 1e-300)


def attention(q, k, v, mask=None, score=lambda s, h, d: s, by=softmax, scale=None):
    """q: [B, I, H, E], k: [B, J, G, E], v: [B, J, G, D]. mask(b, h, i, j) and score(s, h, i - j) work on whole arrays."""
    B, I, H, E = q.shape
    J, G = k.shape[1:3]
    b, h, i, j = np.ogrid[:B, :H, :I, :J]
    visible = np.broadcast_to(mask(b, h, i, j) if mask else True, (B, H, I, J))
    k, v = (np.repeat(x, H // G, axis=2) for x in (k, v))
    s = np.einsum("bihe,bjhe->bhij", q, k) * (scale or E**-0.5)
    return np.einsum("bhij,bjhd->bihd", by(score(s, h, i - j), visible), v)


def causal(b, h, i, j):
    return j <= i


def masks_everything(q, k, v):
    return attention(q, k, v)


def masks_causal_only(q, k, v):
    return attention(q, k, v, causal)


def masks_near(q, k, v):
    return attention(q, k, v, lambda b, h, i, j: abs(i - j) < 3)


def masks_sliding(q, k, v):
    return attention(q, k, v, lambda b, h, i, j: (j <= i) & (i - j < 4))


def masks_first(q, k, v):
    return attention(q, k, v, lambda b, h, i, j: j < 2)


def masks_streamed(q, k, v):
    return attention(q, k, v, lambda b, h, i, j: (j <= i) & ((i - j < 5) | (j < 2)))


def masks_prefixed(q, k, v, n):
    return attention(q, k, v, lambda b, h, i, j: (j <= i) | (j < n[b]))


def masks_padded(q, k, v, valid):
    return attention(q, k, v, lambda b, h, i, j: valid[b, j])


def masks_packed(q, k, v, id):
    return attention(q, k, v, lambda b, h, i, j: (j <= i) & (id[b, i] == id[b, j]))


def mask_algebra_outside(x):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & (i - j >= 3))


def mask_algebra_either(x, valid):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & valid[b, j] | (j == 0))


def mask_algebra_negated(x, valid):
    return attention(x, x, x, lambda b, h, i, j: ~valid[b, j] & ((abs(i - j) >= 2) | (j < 3)))


def mask_algebra_dilated(x):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & ((i - j) % 3 == 0) & (i - j < 12))


def mask_algebra_by_head(x):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & (i - j < 2 * (h + 1)))


def mask_algebra_blocks(x):
    return attention(x, x, x, lambda b, h, i, j: i // 4 == j // 4)


def mask_algebra_unseen(x):
    return np.zeros(x.shape)


def mask_algebra_strict(x):
    return attention(x, x, x, lambda b, h, i, j: j < i)


def scores_scaled(q, k, v):
    return attention(q, k, v, scale=0.3)


def scores_capped(q, k, v):
    return attention(q, k, v, causal, lambda s, h, d: 0.7 * np.tanh(s / 0.7))


def slopes(H):
    """As the authors publish them: those of the power of two below, then every second of the power above."""
    P = 2 ** int(math.log2(H))
    powers = lambda n: [2 ** (-8 * (k + 1) / n) for k in range(n)]
    return np.array(powers(P) + powers(2 * P)[0::2][: H - P])


def scores_linear_bias(q, k, v):
    return attention(q, k, v, causal, lambda s, h, d: s - slopes(q.shape[2])[h] * abs(d))


def scores_other_slopes(q, k, v):
    """MosaicML's: of the power of two above, the second, fourth, … slope, then the first, third, …."""
    H = q.shape[2]
    P = 2 ** math.ceil(math.log2(H))
    of_power = [2 ** (-4 * n / P) for n in range(1, P + 1)]
    steep = np.array(of_power if P == H else (of_power[1::2] + of_power[0::2])[:H])
    return attention(q, k, v, causal, lambda s, h, d: s - steep[h] * abs(d))


def buckets_of(d, both, count, limit):
    """T5's, of the distance d = j - i. Whole logarithms are not missed by rounding."""
    n = count // 2 if both else count
    side = np.where(both & (d > 0), n, 0)
    d = abs(d) if both else np.maximum(-d, 0)
    exact = n // 2
    far = exact + np.floor(np.log(np.maximum(d, 1) / exact) / math.log(limit / exact) * (n - exact) + 1e-9).astype(int)
    return side + np.where(d < exact, d, np.minimum(far, n - 1))


def buckets(d, both):
    return buckets_of(d, both, 8, 20)


def scores_bucketed(q, k, v, w):
    return attention(q, k, v, None, lambda s, h, d: s + w["table"][buckets(-d, True), h])


def scores_backward(q, k, v, w):
    return attention(q, k, v, causal, lambda s, h, d: s + w["table"][buckets(-d, False), h])


def rows(table, I, J):
    """[I, J, E]: the row of each distance i - j, cut off at the ends."""
    half = len(table) // 2
    return table[np.clip(np.arange(I)[:, None] - np.arange(J), -half, half) + half]


def relative_near(q, k, v, w):
    by_query = np.einsum("bihe,ije->bhij", q, rows(w["keys"], q.shape[1], k.shape[1])) * q.shape[3] ** -0.5
    return attention(q, k, v, None, lambda s, h, d: s + by_query)


def relative_both(q, k, v, w):
    r = rows(w["keys"], q.shape[1], k.shape[1])
    more = (np.einsum("bihe,ije->bhij", q, r) + np.einsum("bjhe,ije->bhij", k, r)) * q.shape[3] ** -0.5
    return attention(q, k, v, None, lambda s, h, d: s + more)


def relative_valued(q, k, v, w):
    I, J, E = q.shape[1], k.shape[1], q.shape[3]
    s = np.einsum("bihe,bjhe->bhij", q, k) + np.einsum("bihe,ije->bhij", q, rows(w["keys"], I, J))
    a = softmax(s * E**-0.5, np.tri(I, J, dtype=bool))
    return np.einsum("bhij,bjhd->bihd", a, v) + np.einsum("bhij,ijd->bihd", a, rows(w["values"], I, J))


def relative_remembering(q, k, v, r, w):
    """Queries are the last I of J positions; row J of r is distance 0 from a query that no memory precedes."""
    I, J, E = q.shape[1], k.shape[1], q.shape[3]
    i, j = np.ogrid[:I, :J]
    s = np.einsum("bihe,bjhe->bhij", q + w["u"], k) + np.einsum("bihe,ijhe->bhij", q + w["w"], r[i - j + J])
    return np.einsum("bhij,bjhd->bihd", softmax(s * E**-0.5, np.broadcast_to(j <= i + J - I, s.shape)), v)


def relative_learned(x, w):
    T = x.shape[1]
    return x + w["places.weight"][:T], x + w["shifted.weight"][2 : T + 2]


def normalisers_soft(x, valid):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & valid[b, j])


def normalisers_soft_one(x, valid):
    def one_more(s, visible):
        e = np.where(visible, np.exp(s), 0)
        return e / (1 + e.sum(-1, keepdims=True))

    return attention(x, x, x, lambda b, h, i, j: (j <= i) & valid[b, j], by=one_more)


def normalisers_positive(p, v):
    def shares(s, visible):
        return np.where(visible, s, 0) / np.where(visible, s, 0).sum(-1, keepdims=True)

    return attention(p, p, v, causal, by=shares)


def normalisers_sigmoidal(x):
    """The bias is the logarithm of the whole length, visible or not."""
    n = x.shape[1]
    return attention(x, x, x, causal, by=lambda s, visible: np.where(visible, 1 / (1 + n * np.exp(-s)), 0))


def normalisers_squared(x):
    return attention(x, x, x, causal, by=lambda s, visible: np.where(visible, np.maximum(s, 0) ** 2 / x.shape[1], 0))


def normalisers_sharp(x):
    return attention(x, x, x, causal, by=lambda s, visible: softmax(4 * s, visible))


def normalisers_bare(x):
    return attention(x, x, x, causal, by=lambda s, visible: np.where(visible, s, 0))


def split_heads(x, H):
    return x.reshape(*x.shape[:2], H, -1)


def heads_multi(x, w):
    q, k, v = np.split(x @ w["self.qkv.weight"] + w["self.qkv.bias"], 3, -1)
    y = attention(split_heads(q, 4), split_heads(k, 4), split_heads(v, 4), causal)
    return y.reshape(x.shape) @ w["self.out.weight"] + w["self.out.bias"]


def heads_crossed(x, memory, w):
    q, k, v = (split_heads(z @ w[f"cross.{n}.weight"] + w[f"cross.{n}.bias"], 4) for n, z in zip("qkv", (x, memory, memory)))
    return attention(q, k, v).reshape(x.shape) @ w["cross.out.weight"] + w["cross.out.bias"]


def heads_sharing(x, memory, w):
    q, k, v = (z @ w[f"shared.{n}.weight"] + w[f"shared.{n}.bias"] for n, z in zip("qkv", (x, memory, memory)))
    y = attention(split_heads(q, 4), split_heads(k, 2), split_heads(v, 2))
    return y.reshape(x.shape) @ w["shared.out.weight"] + w["shared.out.bias"]


def heads_grouped(q, k, v):
    return attention(q, k, v)


def heads_one_key(q, k, v):
    return attention(q, k, v, causal)


def heads_fused(x):
    z = x.reshape(*x.shape[:2], 2, 4, 3)
    return z[:, :, :, :2].reshape(*x.shape[:2], 4, 3), z[:, :, :, 2], z[:, :, :, 3]


def heads_around(x):
    return x


def attend_dot(q, k):
    return softmax(q @ k.transpose(0, 2, 1), True) @ k


def attend_bilinear(q, k, v, w):
    return softmax(q @ w["w"] @ k.transpose(0, 2, 1), True) @ v


def attend_additive(q, k, v, w):
    return softmax(np.tanh((q @ w["w"])[:, :, None] + (k @ w["w"])[:, None]) @ w["a"], True) @ v


def attend_pooled(k, w):
    return (softmax(k @ w["a"], True)[:, None] @ k)[:, 0]


def attend_distant(q, k, v):
    i, j = np.ogrid[: q.shape[1], : k.shape[1]]
    s = -((q[:, :, None] - k[:, None]) ** 2).sum(-1)
    return (softmax(s, True) * (2 * v[:, None] + i - 0.5 * j)).sum(-1)


def attend_joint(q, k):
    B, I, J, E = k.shape
    visible = np.triu(np.ones((I, J), bool)).reshape(-1)
    k = k.reshape(B, -1, E)
    return np.einsum("bj,bjd->bd", softmax(np.einsum("be,bje->bj", q, k), visible), k)


def attend_relative(x, r):
    i, j = np.ogrid[: x.shape[1], : x.shape[1]]
    s = np.where(j <= i, np.take_along_axis(x @ r.T, np.maximum(i - j, 0)[None], -1), -1)
    return softmax(s, True) @ x


def attend_sharp(q, k):
    return softmax(300 * q @ k.transpose(0, 2, 1), True) @ k


def attend_kernel(q, k, v):
    s = np.exp(0.3 * q @ k.transpose(0, 2, 1))
    return s @ v / s.sum(-1, keepdims=True)
