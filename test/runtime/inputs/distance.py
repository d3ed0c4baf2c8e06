"""distance.py A B MOST: the relative L2 distance of two files of little-endian float32 is at most MOST."""
import array
import sys

a, b = (array.array("f", open(path, "rb").read()) for path in sys.argv[1:3])
distance = (sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) / sum(y * y for y in b)) ** 0.5
print(distance)
sys.exit(distance > float(sys.argv[3]))
