"""linear.py FILE: what heed_runtime_open said of files whose size is in their name."""
import re
import sys

times = {int(size): float(ms) for size, ms in re.findall(r"^linear-(\d)\..* (\d+) ms:", open(sys.argv[1]).read(), re.M)}
print(times)
sys.exit(not times[4] < 8 * times[1])
