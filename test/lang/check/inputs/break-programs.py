"""Breaks programs and checks them: prefixes, and tokens left out, doubled or replaced. Each run has to end soon, with a program or with errors.

usage: break-programs.py STDLIB COUNT FILES…   (COUNT samples a file, the same ones each time)
"""
import pathlib
import random
import re
import subprocess
import sys
import tempfile

TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.]*|"[^"\n]*"|\S')


def broken(text, choose):
    tokens = list(TOKEN.finditer(text))
    at = choose.choice(tokens)
    instead = {
        "leave out": "",
        "double": f"{at[0]} {at[0]}",
        "replace": choose.choice(tokens)[0],
        "end": None,
    }[choose.choice(["leave out", "leave out", "double", "replace", "end"])]
    return text[: at.start()] + ("" if instead is None else instead + text[at.end() :])


def main(stdlib, count, *files):
    with tempfile.TemporaryDirectory() as folder:
        sample = pathlib.Path(folder) / "sample.heed"
        for file in files:
            text = pathlib.Path(file).read_text()
            models = re.findall(r"^model (\w+)", text, re.M)
            choose = random.Random(pathlib.Path(file).name)
            for number in range(int(count)):
                sample.write_text(broken(text, choose))
                command = ["heed-front", "check", str(sample), stdlib, *models[number % max(len(models), 1) :][:1]]
                run = subprocess.run(command, capture_output=True, timeout=60)
                if run.returncode not in (0, 1) or (run.returncode == 1 and b"error[" not in run.stderr):
                    print(f"{file}, sample {number}: exit status {run.returncode}\n{run.stderr.decode()}\n{sample.read_text()}")
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
