# RUN: %python %s
"""Every kind of error has a page for `heed explain`, and a test whose name begins with fail-."""
import os
import re

from tree import done, fault, files, read

kinds = re.findall(r'^HEED_DIAGNOSTIC\((\w+), (\d+),', read("lang/diagnostics/Diagnostics.def"), re.MULTILINE)
pages = {os.path.basename(path) for path in files(".md", under="lang/diagnostics/pages")}
tests = "".join(read(path) for folder in ("test/lang", "test/compiler") for path in files(under=folder) if os.path.basename(path).startswith("fail-"))
for name, number in kinds:
    code = f"E{int(number):04}"
    if f"{code}.md" not in pages:
        fault(f"{code} {name}: no page lang/diagnostics/pages/{code}.md")
    if code not in tests:
        fault(f"{code} {name}: no test fail-… under test/lang or test/compiler shows it")
for page in sorted(pages - {f"E{int(number):04}.md" for _, number in kinds}):
    fault(f"{page}: a page about no kind of error")
done()
