"""golden.py VOCABULARY CASES: what `heed tokenize` and `heed detokenize` make of the texts of a golden file, against what is written
there. Exits with 1 and names the texts that differ."""
import json
import subprocess
import sys

vocabulary, path = sys.argv[1:]
cases = json.load(open(path, encoding="utf-8"))["cases"]


def ask(verb, batch, *flags):
    answer = subprocess.run(["heed", verb, vocabulary, "--json", *flags], input=json.dumps(batch, ensure_ascii=False).encode(),
                            capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return json.loads(answer.stdout)


texts = [case["text"] for case in cases]
# Special tokens that a text spells are recognised where they are asked for; a vocabulary's own ones are put there too.
spelled = any("<|" in text for text in texts)
asked = {
    "ids": ask("tokenize", texts, *(["--special"] if spelled else [])),
    "with_special": ask("tokenize", texts, "--special"),
    "tokens": ask("tokenize", texts, "--pieces"),
    "pieces": ask("tokenize", texts, "--pieces"),
    "decoded": ask("detokenize", [case["ids"] for case in cases if "ids" in case]),
}
wrong = compared = 0
for key, answers in asked.items():
    for case, answer in zip(cases, answers):
        if key in case:
            compared += 1
            if case[key] != answer:
                wrong += 1
                print(f"{case['text']!r}: {key} are {answer!r}, and {case[key]!r} was expected")
print(f"{compared} compared")
sys.exit(wrong != 0 or compared == 0)
