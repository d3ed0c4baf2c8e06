# How lit finds and runs the tests: every .test, .heed and .mlir file under test/ with RUN lines, outside of folders of inputs.
#
# What RUN lines may say:
#   heed, heed-opt                    the programs in build/bin
#   heed_lang_tests and its kin       the unit tests of a room
#   FileCheck, not, count, split-file LLVM's, pinned to the LLVM that is built against
#   %python                           the python3 that has numpy
#   %source, %build                   the repository, the build tree
#   %programs, %stdlib, %examples     test/programs, stdlib, examples
#   %goldens                          test/goldens
#   %golden NAME                      compares a checkpoint folder under test/goldens with what its library computed
# What REQUIRES lines may say: the names of CPU features as Linux spells them (avx2, avx512f, amx_tile);
# large-memory where 2 GB of memory and of disk are free; sanitized where the build has a sanitizer's checks.
import os
import shutil

import lit.formats
import lit.util

config.name = "heed"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".heed", ".mlir"]
config.excludes = ["bench", "inputs", "unit"]
config.test_source_root = os.path.join(config.heed_source, "test")
config.test_exec_root = os.path.join(config.heed_build, "test")

# A test that hangs is ended, where python3-psutil lets lit do that.
if lit.util.killProcessAndChildrenIsSupported()[0]:
    lit_config.maxIndividualTestTime = 300

config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.heed_build, "bin"), config.llvm_tools, "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
)
# Messages are compared byte for byte, so no test runs in colour or in another language.
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["NO_COLOR"] = "1"

for name, path in {
    "%source": "",
    "%programs": "test/programs",
    "%stdlib": "stdlib",
    "%examples": "examples",
    "%goldens": "test/goldens",
}.items():
    config.substitutions.append((name, os.path.join(config.heed_source, path).rstrip("/")))
config.substitutions.append(("%build", config.heed_build))
# Before %python: what a substitution stands for is substituted by those behind it.
config.substitutions.append((r"%golden\b", "%python " + os.path.join(config.heed_source, "test/goldens/golden.py") + " %t"))
config.substitutions.append(("%python", "/usr/bin/python3"))

# What sanitizers are told. libMLIR is not under them: it hands out memory that only it knows of (user poisoning, containers), defines
# again what we define (ODR), and keeps what it has (leaks). Memory that cannot be had is an error of ours, not a fault.
if config.heed_sanitize:
    config.available_features.add("sanitized")
    lit_config.maxIndividualTestTime = 3000
    config.environment["ASAN_OPTIONS"] = ":".join(
        [
            "allow_user_poisoning=0",
            "detect_container_overflow=0",
            "detect_odr_violation=0",
            "detect_leaks=0",
            "allocator_may_return_null=1",
            "detect_stack_use_after_return=0",
        ]
    )
    config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
    config.environment["TSAN_OPTIONS"] = "halt_on_error=1"

with open("/proc/cpuinfo") as cpuinfo:
    flags = next((line for line in cpuinfo if line.startswith("flags")), "")
config.available_features.update(flags.split()[2:])

with open("/proc/meminfo") as meminfo:
    available = next(int(line.split()[1]) for line in meminfo if line.startswith("MemAvailable"))
if available >= 2 * 1024 * 1024 and shutil.disk_usage(config.heed_build).free >= 2**31:
    config.available_features.add("large-memory")
