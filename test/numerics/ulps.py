"""How many units in the last place compiled functions of f32 are off, over their whole range, against f64.

    ulps.py --work PATH --cpu CPU --most ULPS FILE.heed

The model's entry `curves(x, y)` has a result for each function, called after it. Arguments are zeros, infinities, NaN, subnormal
numbers, the ends of ranges, and random numbers of all sizes. The exit status is 1 if one is further off than ULPS.
"""
import argparse
import math
import subprocess
import sys

import numpy

import safetensors

ENDS = [0.0, -0.0, numpy.inf, -numpy.inf, numpy.nan, 1, -1, 2, 0.5, 1e-45, -1e-45, 1e-38, 1.17549435e-38, 2.9e38, 3.4e38, -3.4e38]
ENDS += [88.7, 88.72284, 88.8, 89, 100, -87, -87.4, -90, -103.9, -103.98, -104, -110, 127.9, 128, -149, -149.5, -150, -151]
ENDS += [0.6, -0.5999, 0.93, -0.9299, 4, -5, 10, 1e5, 1.1e5, -1e5, 1e10, 3.14159265, 1.5707964, 6.2831855, 0.70710678, 1.4142135]
EXPECTED = {
    "exp": numpy.exp, "exp2": numpy.exp2, "log": numpy.log, "log2": numpy.log2, "log1p": numpy.log1p, "tanh": numpy.tanh,
    "erf": numpy.vectorize(math.erf), "sin": numpy.sin, "cos": numpy.cos, "rsqrt": lambda x: 1 / numpy.sqrt(x), "pow": numpy.power,
}  # fmt: skip


def arguments(random):
    ends = numpy.array(ENDS, numpy.float32)
    pieces = [ends] + [random.standard_normal(5000) * size for size in (1e-6, 1e-3, 0.1, 1, 3, 10, 30, 100, 1e3, 3e4, 1e20)]
    pieces += [random.integers(0, 2**32, 50000, dtype=numpy.uint32).view(numpy.float32), numpy.exp(random.uniform(-100, 88, 50000))]
    pieces += [1 + random.uniform(-0.3, 0.5, 50000), random.uniform(-5, 5, 100003)]
    x = numpy.concatenate([piece.astype(numpy.float32) for piece in pieces])
    y = random.permutation(numpy.concatenate([ends, 4 * random.standard_normal(x.size - ends.size).astype(numpy.float32)]))
    return x, y


def off(found, exact):
    """Units in the last place; those of the largest numbers count near infinity too."""
    rounded = exact.astype(numpy.float32)
    unit = numpy.spacing(numpy.where(numpy.isfinite(rounded), abs(rounded), numpy.float32(3e38))).astype(numpy.float64)
    same = (found == rounded) | (numpy.isnan(found) & numpy.isnan(rounded))
    distance = numpy.where(numpy.isfinite(rounded), abs(found.astype(numpy.float64) - exact) / unit, numpy.inf)
    return numpy.where(same, numpy.where(numpy.isfinite(distance), distance, 0), numpy.nan_to_num(distance, nan=numpy.inf))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    for name in ("--work", "--cpu", "--most"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    numpy.seterr(all="ignore")
    subprocess.run(["heed", "build", given.file, "--cpu", given.cpu, "-o", given.work], check=True)
    x, y = arguments(numpy.random.default_rng(1))
    safetensors.write(given.work + ".in", {"x": x[None], "y": y[None]})
    subprocess.run([given.work, "run", "curves", "--inputs", given.work + ".in", "--outputs", given.work + ".out"], check=True)
    faults = []
    for name, found in safetensors.read(given.work + ".out").items():
        wide = [v.astype(numpy.float64) for v in ((x, y) if name == "pow" else (x,))]
        distance = off(found[0], EXPECTED[name](*wide))
        worst = numpy.argmax(distance)
        told = f"{name}: {distance[worst]:.3g} at x = {x[worst]!r}, y = {y[worst]!r}: {found[0][worst]!r}"
        print(told)
        if not distance[worst] <= float(given.most):
            faults.append(told)
    sys.exit("\n".join(faults) or 0)


main()
