"""The Python connector as a peer: reads one batch each time a line says how, and answers with the milliseconds it took.

Called with the paths of the metadata and of the batch. `rows` is the connector's own way to rows; `thrift` only its Thrift library, in C.
"""
import sys
import time
from io import BytesIO

from thrift.protocol import TBinaryProtocol
from thrift.transport import TTransport

from e6data_python_connector.datainputstream import get_query_columns_info, is_fastbinary_available, read_rows_from_chunk
from e6data_python_connector.e6x_vector.ttypes import Chunk

with open(sys.argv[1], "rb") as file:
    _, columns = get_query_columns_info(BytesIO(file.read()))
with open(sys.argv[2], "rb") as file:
    batch = file.read()

if not is_fastbinary_available():
    sys.exit("the connector's Thrift library lacks its C part: measured like this it would look slower than it is")


def rows():
    return read_rows_from_chunk(columns, batch)


def thrift():
    chunk = Chunk()
    chunk.read(TBinaryProtocol.TBinaryProtocolAccelerated(TTransport.TMemoryBuffer(batch)))
    return chunk


ways = {"rows": rows, "thrift": thrift}
for line in sys.stdin:
    way = ways[line.strip()]
    start = time.perf_counter()
    result = way()
    end = time.perf_counter()
    del result
    print((end - start) * 1000, flush=True)
