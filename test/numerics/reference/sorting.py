"""Sorts, the n best, normalisers of several passes, the moments of draws, casts that round."""
import numpy as np

from .attention import attention, causal, softmax


def order(x, axis=-1, descending=False):
    """Ties by the first, both ways."""
    return np.argsort(-x if descending else x, axis, kind="stable")


def best(x, n):
    places = order(x, descending=True)[..., :n]
    return np.take_along_axis(x, places, -1), places


def sorts_sorted(x):
    return np.sort(x), -np.sort(-x), order(x), order(x, descending=True)


def sorts_best(x):
    return best(x, 3)


def sorts_many(x):
    return best(x, 20)


def sorts_ties(few):
    return np.sort(few), order(few), order(few, descending=True), best(few, 4)[1]


def sorts_along(x):
    return np.sort(x, 1), -np.sort(-x, 0), order(x, -2), x.max(0, keepdims=True)


def sorts_ranks(x):
    return order(order(x))


def sorts_of_expressions(x, z):
    return np.sort(x * z - 1)


def sorts_within(x, z):
    return np.sort(x * z), (x - z).argmax(1)


def sorts_under(x):
    return (x.shape[1] > 1) * np.sort(x, 0)[:, :-1].sum(1)


def sorts_median(x):
    return np.sort(x)[:, x.shape[1] // 2]


def sorts_types(n, byte, valid):
    return np.sort(n), -np.sort(-byte), np.sort(valid), order(valid.astype(int), descending=True)


def draw_moments_all_of():
    return 1, 1, 1, 1


def draw_moments_apart():
    return 1, 1, 1


def by_rows(weights):
    """The normaliser that gives each row's visible scores, a vector, these weights."""

    def by(s, visible):
        w = np.zeros_like(s)
        seen = np.broadcast_to(visible, s.shape)
        for row in np.ndindex(s.shape[:-1]):
            if seen[row].any():
                w[row][seen[row]] = weights(s[row][seen[row]])
        return w

    return by


def best_of(n):
    def weights(s):
        e = np.where(s >= np.sort(s)[-min(n, len(s))], np.exp(s - s.max()), 0)
        return e / e.sum()

    return weights


def sparse(s):
    """The projection on the simplex, by Newton's method on the threshold."""
    threshold = s.min() - 1
    for _ in range(100):
        threshold = (s[s > threshold].sum() - 1) / (s > threshold).sum()
    return np.maximum(s - threshold, 0)


def row_programs_two(x):
    return attention(x, x, x, causal, by=by_rows(best_of(2)))


def row_programs_many(x):
    return attention(x, x, x, causal, by=by_rows(best_of(12)))


def row_programs_seen(x, valid):
    return attention(x, x, x, lambda b, h, i, j: (j <= i) & valid[b, j], by=by_rows(best_of(3)))


def row_programs_sparse(x):
    return attention(x, x, x, by=by_rows(sparse))


def row_programs_sparse_window(x, valid):
    return attention(x, x, x, lambda b, h, i, j: (abs(i - j) < 4) & valid[b, j], by=by_rows(sparse))


def row_programs_sparse_rows(x):
    return by_rows(sparse)(x, True)


def row_programs_best_rows(x):
    return by_rows(best_of(3))(x, True)


def row_programs_median(x):
    def weights(s):
        return (s >= np.sort(s)[: len(s) // 2 + 1][-1]) / len(s)

    return attention(x, x, x, causal, by=by_rows(weights))


def row_programs_standard(x):
    def weights(s):
        return (s - s.mean()) / np.sqrt(s.var() + 1)

    return attention(x, x, x, lambda b, h, i, j: abs(i - j) < 3, by=by_rows(weights))


def row_programs_tempered(x, heat):
    s = np.einsum("bihe,bjhe->bhij", x, x) * heat[:, None, None]
    w = softmax(s, np.tri(x.shape[1], dtype=bool))
    return np.einsum("bhij,bjhd->bihd", w, x)


def to_bf16(x):
    """To the nearest, ties to even, of what f32 holds exactly."""
    x = np.asarray(x, np.float32)
    bits = np.atleast_1d(x).view(np.uint32)
    nearest = ((bits + 0x7FFF + (bits >> 16 & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
    return nearest.reshape(x.shape).astype(float)


def to_f16(x):
    return np.asarray(x, np.float32).astype(np.float16).astype(float)


def elements_rounded(x):
    return to_bf16(x), to_f16(x), to_bf16(x), to_f16(x), to_bf16(x) - x


def elements_rounded_in_sums(x):
    return (to_bf16(x) * to_f16(x)).sum(), to_f16(to_bf16(3 * x)) + 7 * to_bf16(x)


def elements_constants(x):
    return x * to_bf16(0.1), x + to_f16(1 / 3)
