"""The JSON of `heed check --cost` adds up: blocks to entries, turns to blocks. Argument: the file."""
import json
import sys

with open(sys.argv[1]) as file:
    cost = json.load(file)
assert cost["sizes"] == {"B": 2, "T": 5}, cost["sizes"]
assert sum(row["count"] for row in cost["parameters"]) == cost["parameter_count"]
assert sum(row["bytes"] for row in cost["parameters"]) == cost["parameter_bytes"] == 4 * cost["parameter_count"]
assert [entry["name"] for entry in cost["entries"]] == ["forward", "padded"]
for entry in cost["entries"]:
    blocks = entry["blocks"]
    assert sum(block["flops"]["value"] for block in blocks) == entry["flops"]["value"]
    for block in blocks:
        assert block["turns"]["value"] * block["flops_of_a_turn"]["value"] == block["flops"]["value"]
forward, padded = cost["entries"]
assert any(block["block"] == "layers.*.attn" and block["turns"]["value"] == 2 for block in forward["blocks"])
assert "at_most" not in forward["flops"] and padded["flops"]["at_most"]
assert forward["memory"]["inputs"]["formula"] == "4*B*T" and forward["memory"]["results"]["value"] == 2 * 5 * 7 * 4
