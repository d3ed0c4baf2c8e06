"""damage.py FROM TO VALUE: the weights of the stories with another value as the last of their first tensor, and of the next."""
import struct
import sys

data = bytearray(open(sys.argv[1], "rb").read())
dim, vocabulary = struct.unpack_from("<i", data)[0], struct.unpack_from("<i", data, 20)[0]
struct.pack_into("<2f", data, 28 + 4 * (dim * vocabulary - 1), *[float(sys.argv[3])] * 2)
open(sys.argv[2], "wb").write(data)
