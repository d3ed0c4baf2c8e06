"""Index notation, whole numbers, casts, results."""
import math

import numpy as np

from .layers import erf

# ---- index notation -----------------------------------------------------------------------------------------------------------


def convolution_causal(x, w):
    padded = np.pad(x, ((0, 0), (3, 0), (0, 0)))
    return sum(w["w"][:, k] * padded[:, 3 - k : 3 - k + x.shape[1]] for k in range(4))


def convolution_centred(x, w):
    padded = np.pad(x, ((0, 0), (1, 2), (0, 0)))
    return sum(padded[:, k : k + x.shape[1]] @ w["m"][k] for k in range(4))


def convolution_strided(x, w):
    return x[:, 0::2] @ w["m"][0] + x[:, 1::2] @ w["m"][1]


def convolution_image(x, w):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(padded[:, p : p + x.shape[1], q : q + 6] @ w["s"][p, q] for p in range(3) for q in range(3))


def composites_patches(im):
    B, N, M, D = im.shape
    return im.reshape(B, N // 2, 2, M // 2, 2, D).transpose(0, 1, 3, 2, 4, 5).reshape(B, N * M // 4, 4 * D)


def composites_back(y):
    B, R, S, _ = y.shape
    return y.reshape(B, R, S, 2, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(B, 2 * R, 2 * S, 3)


def composites_joined(x):
    B, R, S, D = x.shape
    return x.reshape(B * R, S * D)


def composites_parted(x):
    return x.reshape(x.shape[0], -1, 3).transpose(0, 2, 1)


def composites_swapped(x, z):
    return (x.reshape(-1, *z.shape) * z).transpose(0, 2, 1).reshape(x.shape)


def composites_reduced(x, z, u):
    return x.reshape(-1, len(z), len(u)) @ u @ z


def gathers_rows(token, w):
    return w["table"][token]


def gathers_double(x, pick, token, w):
    return np.take_along_axis(x * w["table"][token], pick[..., None], 1)


def gathers_pairs(token, w):
    return w["pair"][token[:, :, None], token[:, None, :]]


def gathers_guarded(x, label):
    return np.where(label >= 0, np.take_along_axis(x, np.maximum(label, 0)[..., None], -1)[..., 0], -1)


def gathers_counted(x, label):
    return np.where(label >= 0, gathers_guarded(x, label), 0).sum(1)


def scatters_histogram(token):
    return np.stack([np.bincount(row, minlength=7) for row in token])


def scatters_total(token):
    return np.bincount(token.ravel(), minlength=7)


def scatters_moved(x, token):
    y = np.zeros((len(x), 7, x.shape[-1]))
    for b, row in enumerate(token):
        np.add.at(y[b], row, x[b])
    return y


def reductions_floats(x):
    return x.sum(1), x.mean(1), x.max(1), x.min(1), x.prod(1)


def reductions_nothing_left(x):
    row = np.zeros(len(x))
    return row, row, row - np.inf, row + np.inf, row - np.inf


def reductions_whole(n):
    return n.sum(1), n.max(1), n.min(1), n.sum()


def reductions_truths(valid):
    return valid.any(1), valid.all(1), valid[:, 2:].any(), valid[1:].all(0)


def argmax_one(x):
    return x.argmax(1)


def argmax_two(x):
    return tuple(np.array(np.unravel_index(x.reshape(len(x), -1).argmax(1), x.shape[1:])))


def argmax_ties(few):
    return few.argmax(1)


def conditions_shifted(token):
    return np.concatenate([np.full((len(token), 1), 8), token[:, :-1]], 1)


def conditions_ahead(x):
    return np.pad(x, ((0, 0), (0, 2)))[:, 2:]


def conditions_relative(x):
    padded = np.pad(x, ((0, 0), (4, 4)), constant_values=-7)
    return np.stack([padded[:, k : k + x.shape[1]] for k in range(8)], -1)


def pieces_tail(x):
    return x[:, 1:]


def pieces_head(x):
    return x[:, :-1]


def pieces_middle(x):
    return x[:, 1:-1, 2:4]


def pieces_last(x):
    return x[:, -1], x[:, :, -1]


def pieces_joined(x, z):
    return np.concatenate([x, z], 2)


def pieces_stacked(x, z, u):
    return np.concatenate([x, z, u], 1)


def pieces_parts(x):
    return tuple(np.split(x, 3, -1))


def pieces_halves(x):
    return tuple(np.split(x, 2, 1))


def pieces_turned(x):
    return np.concatenate([-x[..., 3:], x[..., :3]], -1)


def pieces_count():
    return np.arange(6), np.arange(2, 5)


def pieces_reversed(x):
    return x[:, ::-1]


# ---- numbers and results ------------------------------------------------------------------------------------------------------


def integers_arithmetic(n, m):
    return n + m, n - 3 * m, n * m, -n, abs(n)


def integers_division(n, m):
    return n // m, n % m, -(-n // m), n // 7


def integers_by_negative(n, m):
    return n // -m, n % -m


def integers_ends(n, m):
    return np.maximum(n, m), np.minimum(n, 10), np.clip(n, -m, m)


def integers_long(large):
    return 3 * large + 1, large % 1000, large // 1024


def integers_bytes(u):
    return u // 2, u * 300, u / 255


def integers_mixed(n, x):
    return n * x, n / 4, x + n


def casts_of_truth(valid, x):
    return valid.astype(int), valid.astype(float), np.maximum(x, 0)


def casts_to_truth(n):
    return n != 0


def casts_comparisons(n, m):
    return n == m, n != m, n < m, n <= m, n > m, n >= m


def casts_logic(valid, seen, n):
    return valid & seen, valid | (n > 0), ~valid, valid == seen


def doubles_product(x, z):
    return np.einsum("btd,dt->b", x, z)


def doubles_functions(x):
    return np.exp(x), erf(x), np.tanh(x) + np.sin(x), x / 3 + math.pi


def defaults_total(x):
    return (x + 0.5).sum(1)


def results_several(x):
    return x.sum(1), 2 * x, x.shape[1]


def results_parameter(w):
    return w["w"]
