"""Drives the public Python connector for the tests beside this file.

Run as `python driver.py SCENARIO` with the scenario's options as one line of JSON on standard input. Answers with one
line of JSON on standard output. A scenario that has to wait for the test calls `pause(name)`: it writes the line
{"paused": name} and goes on when a line arrives.
"""

import datetime
import decimal
import json
import math
import sys
import threading
import time

import grpc
from e6data_python_connector import Connection
from e6data_python_connector.cluster_manager import ClusterManager


def plain(value):
    """A value in JSON's types; what JSON lacks is tagged with its Python type."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime.timedelta):
        return {"micros": value // datetime.timedelta(microseconds=1)}
    if isinstance(value, int) and abs(value) > 2**53:
        return {"int": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def say(value):
    print(json.dumps(plain(value)), flush=True)


def pause(name):
    say({"paused": name})
    sys.stdin.readline()


def connect(options):
    known = {
        "host": "127.0.0.1",
        "port": options["port"],
        "database": options.get("database", "tpch"),
        "catalog": options.get("catalog", "sample"),
        "enable_result_batch_v2": options.get("v2", False),
        "auto_resume": options.get("auto_resume", True),
    }
    if "token" in options:
        return Connection(access_token=options["token"], **known)
    return Connection(username="ada", password=options.get("password", "secret"), **known)


def failure(call):
    """How a call fails: the gRPC status and text, or the Python error."""
    try:
        call()
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}
    return None


def metadata(options):
    connection = connect(options)
    schemas = connection.get_schema_names("sample")
    answer = {
        "catalogs": connection.get_catalogs(),
        "schemas": schemas,
        "tables": connection.get_tables("sample", "tpch"),
        "columns": connection.get_columns("sample", "tpch", "region"),
    }
    connection.close()
    return answer


def rows(options):
    """Runs one statement and fetches it in the way that is asked for."""
    connection = connect(options)
    cursor = connection.cursor(catalog_name=options.get("catalog", "sample"))
    query_id = cursor.execute(options["sql"], options.get("parameters"))
    how = options.get("fetch", "all")
    if how == "one":
        found = []
        for row in iter(cursor.fetchone, None):
            found.extend(row)
    elif how == "many":
        found = []
        for part in iter(lambda: cursor.fetchmany(options["size"]), []):
            if not part:
                break
            found.append(part)
    elif how == "buffer":
        found = [row for part in cursor.fetchall_buffer() for row in part]
    else:
        found = cursor.fetchall()
    answer = {
        "rows": found if options.get("rows", True) else len(found),
        "rowcount": cursor.rowcount,
        "description": [[column[0], column[1]] for column in cursor.description],
        "query": query_id,
    }
    cursor.close()
    connection.close()
    return answer


def insight(options):
    connection = connect(options)
    cursor = connection.cursor(catalog_name="sample")
    query_id = cursor.execute(options["sql"])
    status = cursor.status(query_id)
    answer = {
        "status": {"status": status.status, "rowCount": status.rowCount},
        "explain": cursor.explain(),
        "analyse": cursor.explain_analyse(),
        "dry_run": connection.dry_run(options["sql"]),
        "dry_run_failure": failure(lambda: connection.dry_run("selec 1")),
    }
    cursor.clear()
    answer["after_clear"] = failure(lambda: cursor.status(query_id))
    connection.close()
    return answer


def errors(options):
    connection = connect(options)
    cursor = connection.cursor(catalog_name="sample")
    answer = {"sql": failure(lambda: cursor.execute("select * from nowhere"))}
    connection.close()
    answer["password"] = failure(lambda: connect({**options, "password": "wrong"}).get_session_id)
    answer["token"] = failure(lambda: connect({**options, "token": "expired"}).get_catalogs())
    return answer


def cancel(options):
    """Cancels a long statement from another thread, while its execute waits for the result's metadata."""
    connection = connect(options)
    cursor = connection.cursor(catalog_name="sample")
    outcome = {}
    thread = threading.Thread(target=lambda: outcome.update(failed=failure(lambda: cursor.execute(options["sql"]))))
    thread.start()
    while cursor.query_id is None:
        time.sleep(0.01)
    done = cursor.status(cursor.query_id).status
    cursor.cancel(cursor.query_id)
    thread.join()
    connection.close()
    return {"was_running": not done, "failed": outcome["failed"]}


def switch(options):
    """Two queries on one connection; between them the test switches stacks."""
    connection = connect(options)
    answers = []
    for name in ("first", "second"):
        cursor = connection.cursor(catalog_name="sample")
        cursor.execute("select 1 as one")
        answers.append(cursor.fetchall())
        cursor.clear()
        if name == "first":
            pause(name)
    connection.close()
    return answers


def raw(options):
    """What the connector's own gRPC stub gets, without its recovery: the texts that the connector looks for."""
    connection = connect({**options, "auto_resume": False})
    session = connection.get_session_id
    answers = {}
    for name in options["names"]:
        pause(name)
        answers[name] = failure(lambda: connection.get_schema_names("sample"))
    return {"session": bool(session), **answers}


def resume(options):
    """A suspended cluster is woken by the connector itself."""
    connection = connect(options)
    cursor = connection.cursor(catalog_name="sample")
    cursor.execute("select 1 as one")
    rows = cursor.fetchall()
    connection.close()
    manager = ClusterManager(host="127.0.0.1", port=options["port"], user="ada", password="secret")
    return {"rows": rows, "again": manager.resume()}


scenarios = {
    "metadata": metadata,
    "rows": rows,
    "insight": insight,
    "errors": errors,
    "cancel": cancel,
    "switch": switch,
    "raw": raw,
    "resume": resume,
}

if __name__ == "__main__":
    say({"answer": scenarios[sys.argv[1]](json.loads(sys.stdin.readline()))})
