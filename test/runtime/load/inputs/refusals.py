"""refusals.py FORMAT FOLDER: has heed_runtime_program read every malformed file of a format (its module here gives them), and prints a
table of what it says. Fails unless each is one message that begins with the file's path, with exit status 1, and leaves no file."""
import importlib
import os
import shutil
import subprocess
import sys

format, folder = sys.argv[1:]
shutil.rmtree(folder, ignore_errors=True)
outputs = os.path.join(folder, "outputs")
os.makedirs(outputs)
suffix = ".safetensors" if format == "safetensors" else ""  # else what a file is shows in its content
failed = False
for number, (name, files) in enumerate(importlib.import_module(format).cases()):
    case = os.path.join(folder, f"{number}")
    if isinstance(files, bytes):
        path, files = case + suffix, {"": files}
    else:
        path = case
        os.makedirs(case)
    for part, content in files.items():
        with open(os.path.join(path, part) if part else path, "wb") as file:
            file.write(content)
    command = ["heed_runtime_program", "run", "forward", "--inputs", path, "--outputs", os.path.join(outputs, "out")]
    run = subprocess.run(command, capture_output=True, timeout=60)
    said = run.stderr.decode("utf-8", "backslashreplace")
    print(f"{name}\n  {said.removeprefix('error: ').rstrip().replace(path, format)}")
    clean = run.returncode == 1 and said.startswith("error: " + path) and said.count("\n") == 1 and not run.stdout
    if not clean or not said[:-1].isprintable() or os.listdir(outputs):
        print(f"  FAILED: exit status {run.returncode}, {said!r}")
        failed = True
sys.exit(failed)
