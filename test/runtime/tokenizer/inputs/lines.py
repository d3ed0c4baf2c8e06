"""lines.py LINE SMALL LARGE -- COMMAND...: gives LINE to a command over and over, SMALL megabytes of it and then LARGE, through a pipe. Exits
with 1 if the command fails, or takes over 8 MB more memory for the larger one."""
import os
import subprocess
import sys

line, small, large = sys.argv[1].encode() + b"\n", int(sys.argv[2]), int(sys.argv[3])
command = sys.argv[sys.argv.index("--") + 1 :]
block = line * (1_000_000 // len(line))


def peak(megabytes):
    """In bytes."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    for _ in range(megabytes):
        process.stdin.write(block)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return usage.ru_maxrss * 1024


taken = peak(small), peak(large)
print(f"{taken[0] / 1e6:.1f} MB for {small} MB of lines, {taken[1] / 1e6:.1f} MB for {large} MB")
sys.exit(taken[1] > taken[0] + (8 << 20))
