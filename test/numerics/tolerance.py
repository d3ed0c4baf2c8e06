"""How far a right result may be from the exact one, by relative L2 distance. In: an element type, the length of the longest reduction.

Adding n random numbers one after the other rounds partial sums that grow with sqrt(k); together that is u * sqrt(sum over k of k) = u * n /
sqrt(2) times a number's size, and the sum itself is sqrt(n) times that size: relatively u * sqrt(n), at most. Blocks and lanes only make it
less (Higham, Accuracy and Stability of Numerical Algorithms, 2002, chapter 4). Functions such as exp are off by no more than 4 u. An entry is
a chain of such steps, each of which may enlarge what the one before it was off by: exp(s) by |s|, where attention is sharp. STEPS allows
for that.

bf16 and f16 are what elements are stored as; sums are taken in f32. So a step rounds once by u = 2^-9 or 2^-12, and its sum adds what f32
adds.

Whatever n is, above LIMIT a result is wrong: no longer rounding, but a mistake."""
import math

STEPS = 16
FUNCTION = 4
UNIT = {"f64": 2**-53, "f32": 2**-24, "f16": 2**-24, "bf16": 2**-24}
STORED = {"f64": 0, "f32": 0, "f16": 2**-12, "bf16": 2**-9}
LIMIT = {"f64": 1e-12, "f32": 1e-5, "f16": 4e-3, "bf16": 2e-2}


def tolerance(element, longest):
    """0 for types that hold no fractions."""
    if element not in UNIT:
        return 0
    return min(LIMIT[element], STEPS * (STORED[element] + UNIT[element] * (FUNCTION + math.sqrt(longest))))
