"""The Python connector as a peer: runs one query against a stack each time a line says how to read it, and answers with the milliseconds it took.

Called with the port of the stack, the statement, and the number of rows of a batch. `all` holds all rows at the same time; `in turn` looks at each
and drops it, asking for as many at a time as come in a batch, which is the connector's fastest: it copies no rest.
"""
import sys
import time

from e6data_python_connector import Connection

statement = sys.argv[2]
rows_of_batch = int(sys.argv[3])
connection = Connection(
    host="127.0.0.1", port=int(sys.argv[1]), username="bench", password="bench", catalog="sample", database="tpch", secure=False
)


def read_all(cursor):
    cursor.execute(statement)
    return cursor.fetchall()


def read_in_turn(cursor):
    cursor.execute(statement)
    count = 0
    while rows := cursor.fetchmany(rows_of_batch):
        for _row in rows:
            count += 1
    return count


ways = {"all": read_all, "in turn": read_in_turn}
for line in sys.stdin:
    way = ways[line.strip()]
    cursor = connection.cursor()
    start = time.perf_counter()
    result = way(cursor)
    end = time.perf_counter()
    count = result if isinstance(result, int) else len(result)
    cursor.clear()
    del result
    print((end - start) * 1000, count, flush=True)
