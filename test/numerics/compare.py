"""Compiled code against the reference interpreter and, where reference/ knows the formula, against numpy.

    compare.py --work PATH FILE.heed [ENTRY ...] SIZES ...        SIZES: B=2,T=65

Each entry of the file's model (or those named) is run on random inputs for each list of sizes: by the executable that `heed build`
makes, and by `heed run --interpret`. Every result must agree, floats by relative L2 distance (tolerance.py), all else exactly; and 1, 2
and 3 threads must give the same bits. What differs is told with the place and both values, and the exit status is 1. With --matrix
the same is asked of code for every level of processors that this one can play, and of plain kernels, which are the fast ones'
reference too. The comments of FILE may say

    // NAME: LOW..HIGH       what an input's integers are drawn from, HIGH excluded; both may mention sizes
    // NAME: positive        floats above zero
    // NAME: left out        an input with a default that is not given

Parameters are drawn here and handed over under their stored names; with --initialise the model's own initialisers run.
A reference is a function of reference/ called FILE_ENTRY, of the inputs by name and `w`, the parameters by path.

With --fails each entry must instead be refused by both, with exit status 1; their messages are printed for FileCheck.
"""
import argparse
import inspect
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import numpy

import reference
import safetensors
from tolerance import UNIT, tolerance

THREADS = (1, 2, 3)
# Levels of x86-64, as in its ABI, and the features that tell them from the one below, as Linux spells them.
LEVELS = {"x86-64-v3": {"avx2", "bmi2", "fma", "movbe"}, "x86-64-v4": {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}}
DTYPES = {"f64": numpy.float64, "f32": numpy.float32, "f16": numpy.float16, "bf16": numpy.float32, "i64": numpy.int64, "i32": numpy.int32, "u8": numpy.uint8, "bool": numpy.bool_}
ORACLES = {"interpreter": "the interpreter", "numpy": "numpy", "plain": "plain kernels"}
DEFAULT_RANGE = {"bool": "0..2", "u8": "0..256"}


@dataclass
class Tensor:
    """A parameter, an input or a result, as `info` tells it: `pixels?: f32 [B, 3 * N]`."""

    name: str
    optional: bool
    type: str
    axes: list

    @staticmethod
    def all_in(text):
        found = re.finditer(r"([\w.*]+)(\??): (\w+) \[([^\]]*)\]", text)
        return [Tensor(m[1], m[2] == "?", m[3], re.split(r", (?![^()]*\))", m[4]) if m[4] else []) for m in found]

    def shape(self, sizes):
        return [int(value(axis, sizes)) for axis in self.axes]


def value(text, sizes):
    return eval(text.replace("/", "//"), {"floor": int, "min": min, "max": max, "__builtins__": {}}, dict(sizes))


def variants(matrix, flags):
    """{name: flags of `heed build`}: how the same model is compiled. The first is what others are compared with."""
    if not matrix:
        return {"native": []}
    with open("/proc/cpuinfo") as cpuinfo:
        features = set(next((line for line in cpuinfo if line.startswith("flags")), "").split())
    levels = {level: [f"--cpu={level}"] for level, needed in LEVELS.items() if needed <= features}
    if "--precision=bf16" in flags:
        if "x86-64-v4" in levels:
            levels["tiles"] = ["--cpu=native-emulating-tiles"]
    elif levels:
        levels.popitem()  # what `native` has beyond the highest level is about bf16
    return {"plain": ["--plain=all"], "native": []} | levels


class Model:
    """Executables of one model, and what it says about itself."""

    def __init__(self, arguments):
        self.file, self.flags, self.work = arguments.file, arguments.flags, arguments.work
        self.executables = {name: f"{self.work}.{name}" for name in variants(arguments.matrix, arguments.flags)}
        for name, flags in variants(arguments.matrix, arguments.flags).items():
            run(["heed", "build", self.file, *self.flags, *flags, "-o", self.executables[name]])
        info = run([next(iter(self.executables.values())), "info"])
        self.entries = {}
        for line in info.split("\nentries\n")[1].split("\n\n")[0].splitlines():
            name, inputs, results = re.fullmatch(r"\s*(\w+)\((.*)\) -> \((.*)\)", line).groups()
            inputs = Tensor.all_in(inputs)
            whole = self.entries.setdefault(name, (inputs, Tensor.all_in(results)))[0]  # variants with fewer inputs come behind
            for tensor in whole:
                tensor.optional |= all(tensor.name != other.name for other in inputs)
        self.parameters = Tensor.all_in(info.split(" parameters, ")[1])
        self.parts = self.parts_of(run(["heed", "build", self.file, *self.flags, "--emit=checked"]))

    def longest(self, declared, results, sizes):
        """The longest axis of all that an entry reads and gives: no reduction of one axis is longer."""
        extents = [extent for tensor in [*declared, *results, *self.parameters] for extent in tensor.shape(sizes)]
        return max(extents, default=1)

    def weights(self, random):
        """{path: array} for references, {stored name: array} for the model."""
        by_path = {p.name: numpy.float32(0.5) * draw(p, {}, None, random) for p in self.parameters}
        stored = {}
        for path, name, layer, begin, end, transposed in self.parts:
            array = by_path[path][int(layer)] if layer else by_path[path]
            part = array[..., int(begin) : int(end)] if end and array.ndim else array
            stored[name] = part.swapaxes(-1, -2) if transposed else part
        return by_path, stored

    def parts_of(self, checked):
        """Which stored tensor holds which part of a parameter: path, stored name, layer, begin, end, transposed."""
        parts = []
        for parameter in re.finditer(r"^param (\S+): .*\n((?:  part .*\n)*)", checked, re.MULTILINE):
            for part in re.finditer(r'  part "(\S+)"(?: layer (\d+))?(?: at (\d+) \.\. (\d+))?( transposed)?', parameter[2]):
                parts.append((parameter[1], *part.groups()))
        return parts


class Failed(Exception):
    pass


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\n  exit status {done.returncode}\n  {done.stderr.strip()}")
    return done.stdout


def refusal(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 1:
        raise Failed(f"{' '.join(command)}\n  exit status {done.returncode}, expected 1\n  {done.stderr.strip()}")
    return done.stderr


def draw(tensor, sizes, said, random):
    """A random tensor of an input's type, from what the file's comments say of it."""
    shape = tensor.shape(sizes)
    if tensor.type in UNIT:
        array = random.standard_normal(shape).astype(DTYPES[tensor.type])
        if tensor.type == "bf16":
            array = cut_to_bf16(array)
        return abs(array) + array.dtype.type(0.125) if said == "positive" else array
    low, high = (value(end, sizes) for end in (said or DEFAULT_RANGE.get(tensor.type, "-1000..1000")).split(".."))
    return random.integers(low, max(high, low + 1), shape).astype(DTYPES[tensor.type])


def cut_to_bf16(array):
    """Values that bf16 holds exactly, so that nothing depends on how they are rounded."""
    return (array.view(numpy.uint32) & numpy.uint32(0xFFFF0000)).view(numpy.float32)


def difference(name, found, expected, tolerance):
    """None, or a sentence: where the two are furthest apart, and what they are there."""
    if found.shape != expected.shape:
        return f"`{name}` has shape {list(found.shape)}, expected {list(expected.shape)}"
    if found.size == 0:
        return None
    exact = found.dtype.kind != "f"
    a, b = (x.astype(object if exact else numpy.float64) for x in (found, expected))
    if exact:
        apart = (a != b).astype(numpy.float64)
    else:
        same = (a == b) | (numpy.isnan(a) & numpy.isnan(b))  # infinities too
        apart = numpy.where(same, 0, numpy.abs(numpy.subtract(a, b, where=~same, out=numpy.zeros_like(a))))
    apart = numpy.nan_to_num(apart, nan=numpy.inf)
    scale = 0 if exact else numpy.linalg.norm(b[numpy.isfinite(b)])
    distance = numpy.linalg.norm(apart) / (scale or 1)
    if distance <= (0 if exact else tolerance):
        return None
    place = numpy.unravel_index(numpy.argmax(apart), apart.shape)
    where = ", ".join(str(i) for i in place)
    count = f"{int(apart.sum())} of {apart.size} differ" if exact else f"relative distance {distance:.3g}"
    return f"`{name}`: {count}; at [{where}] it is {found[place]}, expected {expected[place]}"


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.random = numpy.random.default_rng(1)
        self.model = Model(arguments)
        self.against = arguments.against or arguments.file
        with open(arguments.file) as file:
            said = file.read() + "".join(f"\n// {line}" for line in arguments.say)
        self.said = dict(re.findall(r"^// (\w+): (\S.*)$", said, re.MULTILINE))
        self.counts = {"interpreter": 0, "numpy": 0, "plain": 0}
        self.faults = []

    def all(self):
        for sizes in self.arguments.sizes:
            for entry in self.arguments.entries or self.model.entries:
                self.one(entry, sizes)

    def one(self, entry, sizes):
        declared, results = self.model.entries[entry]
        given = [t for t in declared if self.said.get(t.name) != "left out"]
        inputs = {t.name: draw(t, sizes, self.said.get(t.name), self.random) for t in given}
        by_path, stored = self.model.weights(self.random)
        compiled, interpreted = self.outputs(entry, inputs, stored)
        if self.arguments.fails:
            return
        formula = self.reference(entry)
        expected = named(formula({**inputs, "w": by_path}), results) if formula else {}
        first, *_ = compiled
        longest = self.model.longest(declared, results, sizes)
        for result in results:
            types = (result.type, self.arguments.precision)
            allowed = self.arguments.tolerance or max(tolerance(element, longest) for element in types)
            for variant, found in compiled.items():
                label = f"{entry} {','.join(f'{n}={v}' for n, v in sizes.items())}" + f" ({variant})" * (len(compiled) > 1)
                oracles = {"interpreter": interpreted, "numpy": expected, "plain": compiled[first] if variant != first else {}}
                for oracle, known in oracles.items():
                    if result.name in known:
                        value = numpy.asarray(known[result.name]).astype(DTYPES[result.type])
                        self.note(oracle, label, difference(result.name, found[result.name], value, allowed))

    def outputs(self, entry, inputs, stored):
        """Of each variant, and of the interpreter."""
        paths = {name: f"{self.model.work}.{name}" for name in ("inputs", "weights", "outputs")}
        safetensors.write(paths["inputs"], inputs)
        safetensors.write(paths["weights"], stored)
        weights = [] if self.arguments.initialise or not stored else ["--weights", paths["weights"]]
        shared = [entry, "--inputs", paths["inputs"], *weights, "--seed", "1", "--outputs", paths["outputs"]]
        interpreted = ["heed", "run", self.against, *self.model.flags, *shared, "--interpret"]
        compiled = {name: [executable, "run", *shared] for name, executable in self.model.executables.items()}
        if self.arguments.fails:
            for command in compiled.values():
                print(f"{entry}\ncompiled: {refusal(command)}interpreted: {refusal(interpreted)}", end="")
            return {}, {}
        run(interpreted)
        expected = safetensors.read(paths["outputs"])
        return {name: self.same_bits(command, paths["outputs"]) for name, command in compiled.items()}, expected

    def same_bits(self, command, path):
        """The results, which are the same for every number of threads."""
        contents = []
        for threads in THREADS:
            run([*command, f"--threads={threads}"])
            with open(path, "rb") as file:
                contents.append(file.read())
            if contents[-1] != contents[0]:
                self.faults.append(f"{' '.join(command)}: other bits with {threads} threads than with {THREADS[0]}")
        return safetensors.read(path)

    def reference(self, entry):
        """A function of all values by name, or None. The model's own initial values are not known here."""
        file = os.path.splitext(os.path.basename(self.arguments.file))[0].replace("-", "_")
        formula = getattr(reference, f"{file}_{entry}", None)
        mentions = inspect.signature(formula).parameters if formula else []
        if not formula or ("w" in mentions and self.arguments.initialise):
            return None
        return lambda values: formula(**{name: wide(values[name]) for name in mentions if name in values})

    def note(self, oracle, label, fault):
        self.counts[oracle] += 1
        if fault:
            self.faults.append(f"{self.arguments.file}: {label}: against {ORACLES[oracle]}: {fault}")


def wide(values):
    """What references compute in: f64 and i64."""
    if isinstance(values, dict):
        return {name: wide(array) for name, array in values.items()}
    return values.astype({"f": numpy.float64, "i": numpy.int64, "u": numpy.int64, "b": numpy.bool_}[values.dtype.kind])


def named(answer, results):
    """A reference gives one array, or a tuple in the order of the results."""
    answers = answer if isinstance(answer, tuple) else (answer,)
    return {result.name: array for result, array in zip(results, answers, strict=True)}


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("what", nargs="*", help="entries, and lists of sizes")
    parser.add_argument("--work", required=True, help="what the names of all files made begin with")
    parser.add_argument("--model")
    parser.add_argument("--precision")
    parser.add_argument("--cpu")
    parser.add_argument("--against", help="interpret this file instead")
    parser.add_argument("--say", action="append", default=[], metavar="'NAME: …'", help="as in the file's comments")
    parser.add_argument("--tolerance", type=float, help="instead of tolerance.py's")
    parser.add_argument("--matrix", action="store_true", help="all processors, and plain kernels")
    parser.add_argument("--fails", action="store_true")
    parser.add_argument("--initialise", action="store_true")
    arguments = parser.parse_intermixed_args()
    arguments.flags = [f"--{name}={given}" for name in ("model", "precision", "cpu") if (given := getattr(arguments, name))]
    arguments.entries = [word for word in arguments.what if "=" not in word]
    lists = [word.split(",") for word in arguments.what if "=" in word] or [[]]
    arguments.sizes = [{name: int(number) for name, number in (one.split("=") for one in words)} for words in lists]
    return arguments


def main():
    try:
        comparison = Comparison(parsed())
        comparison.all()
    except Failed as failed:
        sys.exit(str(failed))
    print("compared with " + ", ".join(f"{ORACLES[oracle]}: {count}" for oracle, count in comparison.counts.items()))
    sys.exit("\n".join(comparison.faults) or 0)


if __name__ == "__main__":
    main()
