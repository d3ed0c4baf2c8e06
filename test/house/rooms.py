# RUN: %python %s
"""Rooms depend one way: `lang` knows neither MLIR nor LLVM, `runtime` neither `lang` nor the compiler, the compiler of `runtime` only
`runtime/abi`. `compiler/tools/heed` alone joins them."""
import re

from tree import done, fault, files, read

# Where a file lies (the first that fits counts), and what it never includes.
walls = [
    ("lang/", r"(mlir|llvm|compiler|runtime)/"),
    ("runtime/abi/", r"(?!runtime/abi/).+/"),
    ("runtime/", r"(mlir|llvm|lang|compiler)/"),
    ("compiler/tools/heed/", r"(?!)"),
    ("compiler/", r"runtime/(?!abi/)"),
    ("test/lang/", r"(mlir|llvm|compiler|runtime)/"),
    ("test/runtime/", r"(mlir|llvm|lang|compiler)/"),
]

for path in files(".h", ".cpp", ".c", ".def", ".td"):
    wall = next((never for room, never in walls if path.startswith(room)), None)
    for number, line in enumerate(read(path).splitlines(), 1):
        included = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        if wall and included and re.match(wall, included[1]):
            fault(f"{path}:{number}: includes {included[1]}, which its room must not know")
done()
