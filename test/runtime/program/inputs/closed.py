"""closed.py COMMAND...: runs a command with its standard output a pipe that nobody reads, then a full disk, then closed. Each time it
ends with exit status 1 and one error that says why."""
import os
import subprocess
import sys


def check(why, close=False, **more):
    run = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE, preexec_fn=(lambda: os.close(1)) if close else None, **more)
    said = [line for line in run.stderr.decode().splitlines() if line.startswith("error: ")]
    if run.returncode != 1 or said != [f"error: standard output: can't be written: {why}"]:
        sys.exit(f"{why}: exit status {run.returncode}, {run.stderr.decode()}")


reading, writing = os.pipe()
os.close(reading)
check("Broken pipe", stdout=writing)
check("No space left on device", stdout=open("/dev/full", "wb"))
check("Bad file descriptor", close=True)
