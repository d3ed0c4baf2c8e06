"""Writes the ```heed blocks of a page into 0.heed, 1.heed, … Arguments: page, folder."""
import re
import sys

page, folder = sys.argv[1:]
with open(page) as file:
    blocks = re.findall(r"```heed\n(.*?)```", file.read(), re.DOTALL)
for number, block in enumerate(blocks):
    with open(f"{folder}/{number}.heed", "w") as file:
        file.write(block)
