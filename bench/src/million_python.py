"""The Python connector as a peer: runs one query against a stack each time a line comes, and answers with the milliseconds it took.

Called with the port of the stack and the statement.
"""
import sys
import time

from e6data_python_connector import Connection

connection = Connection(
    host="127.0.0.1", port=int(sys.argv[1]), username="bench", password="bench", catalog="sample", database="tpch", secure=False
)
for line in sys.stdin:
    cursor = connection.cursor()
    start = time.perf_counter()
    cursor.execute(sys.argv[2])
    rows = cursor.fetchall()
    end = time.perf_counter()
    count = len(rows)
    cursor.clear()
    del rows
    print((end - start) * 1000, count, flush=True)
