"""faults.py FOLDER ERRORS OUTPUTS -- COMMAND...: runs a command that writes files, then once for every call by which it wrote, with that
call failing. OUTPUTS are the files' names in FOLDER, ERRORS some of ENOSPC, EIO, EINTR, short. Either everything is there and as it was
without a fault, or the command ends with one error and exit status 1, and what was there before still is. Nothing else is left.
Where the command may not fail, because it can go on, ERRORS say so with `!`."""
import errno
import os
import shutil
import subprocess
import sys

folder, errors, outputs = sys.argv[1:4]
command = sys.argv[5:]
outputs = outputs.split(",")
library = os.path.join(os.path.dirname(shutil.which("heed_runtime_program")), "../lib/heed_faults.so")
environment = os.environ | {"LD_PRELOAD": library, "TMPDIR": os.path.join(folder, "tmp"), "HEED_FAULT_COUNT": folder + ".count"}
before = b"what was there before"


def run(**more):
    """Exit status, standard error, and the content of each output that is not as before."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/tmp")
    for output in outputs[: len(outputs) // 2 + 1]:  # some are there before
        with open(os.path.join(folder, output), "wb") as file:
            file.write(before)
    done = subprocess.run(command, cwd=folder, capture_output=True, env=environment | more, timeout=120)
    left = {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder) if name != "tmp"}
    left.update({"tmp/" + name: b"" for name in os.listdir(folder + "/tmp")})
    return done.returncode, done.stderr.decode(), done.stdout, {name: content for name, content in left.items() if content != before}


status, said, text, whole = run()
assert status == 0 and set(whole) == set(outputs) - {"-"}, (status, said, whole.keys())
count = int(open(folder + ".count").read())
wrong = succeeded = 0
for error in errors.split(","):
    name, sure = error.rstrip("!"), error.endswith("!")
    for number in range(1, count + 1):
        status, said, put, left = run(HEED_FAULT=f"{number} {getattr(errno, name, name)}")
        fine = status == 0 and left == whole and put == text
        succeeded += fine
        clean = status == 1 and said.startswith("error: ") and said.endswith("\n") and not (left.keys() - set(outputs))
        whole_or_nothing = all(left[output] == whole[output] for output in left if output in whole)
        if not fine and (sure or not clean or not whole_or_nothing):
            print(f"call {number} of {count}, {error}: exit status {status}, {said!r}, left: {sorted(left)}")
            wrong += 1
shutil.rmtree(folder)
print(f"{count} calls, each with {errors}: {succeeded} runs went on, all others ended with one error")
sys.exit(wrong > 0)
