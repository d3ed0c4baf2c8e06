"""What numpy makes of the same formulas, in f64. In: inputs by name, `w` for parameters by path. Out: the result, or a tuple of them.

A function FILE_ENTRY is the reference of that entry of that file; it takes those of the inputs that it mentions. The formulas are
written from the papers and the language's page, never from the compiler.
"""
from .attention import *
from .layers import *
from .notation import *
from .sorting import *
