"""signals.py FOLDER OUTPUTS [MOMENTS] -- COMMAND...: runs a command that writes files, then MOMENTS (20) times more, each ended by SIGINT,
SIGTERM or SIGHUP at another moment. OUTPUTS are the files' names in FOLDER. What is there afterwards is whole or as it was before, nothing
else is left, and the exit status is that of the signal, unless the command was done before."""
import os
import shutil
import signal
import subprocess
import sys
import time

split = sys.argv.index("--")
folder, outputs = sys.argv[1], sys.argv[2].split(",")
moments = int(sys.argv[3]) if split > 3 else 20
command = sys.argv[split + 1 :]
environment = os.environ | {"TMPDIR": os.path.join(folder, "tmp")}
before = b"what was there before"


def run(ending=None, after=0.0):
    """Exit status, the seconds that it took, and the content of each file that is not as before."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/tmp")
    for output in outputs[: len(outputs) // 2 + 1]:  # some are there before
        with open(os.path.join(folder, output), "wb") as file:
            file.write(before)
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if ending is not None:
        time.sleep(after)
        process.send_signal(ending)
    status, took = process.wait(timeout=120), time.monotonic() - begin
    left = {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder) if name != "tmp"}
    left.update({"tmp/" + name: b"" for name in os.listdir(folder + "/tmp")})
    return status, took, {name: content for name, content in left.items() if content != before}


status, took, whole = run()
assert status == 0 and set(whole) == set(outputs) - {"-"}, (status, whole.keys())
wrong = ended = 0
for moment in range(moments):
    ending = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP][moment % 3]
    after = took * (moment + 0.5) / moments
    after = max(after, 0.02)  # before `main` nobody listens, and nothing has been written
    status, _, left = run(ending, after)
    ended += status == -ending
    if status not in (0, -ending) or any(left[name] != whole.get(name) for name in left) or (status == 0 and left.keys() != whole.keys()):
        print(f"{ending.name} after {after:.3f} s of {took:.3f}: exit status {status}, left: {sorted(left)}")
        wrong += 1
shutil.rmtree(folder)
print(f"{moments} moments: {'some' if ended else 'none'} ended by the signal")
sys.exit(wrong > 0)
