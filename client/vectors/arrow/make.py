#!/usr/bin/env python3
"""Makes the same results as Arrow IPC streams with Apache Arrow's own library, from the values that the vectors state.

    pip install pyarrow
    python make.py                  writes streams.json: each vector's stream, base64
    python make.py --check DIR      reads DIR/NAME.arrows, written by the client, and compares it with the values: by Arrow's own checks as well

The types are those that `toArrowTable()` in client/src/arrow/arrow-table.ts states; zones of TIMESTAMP_TZ columns stand in text columns at the end.
"""
import argparse, base64, glob, json, os
from decimal import Context, Decimal

import pyarrow as pa

HERE = os.path.dirname(os.path.abspath(__file__))
DIGITS = Context(prec=80)
TYPES = {'BOOLEAN': pa.bool_(), 'INTEGER': pa.int32(), 'LONG': pa.int64(), 'FLOAT': pa.float32(), 'DOUBLE': pa.float64(), 'DATE': pa.date32(),
         'DATETIME': pa.timestamp('us'), 'TIMESTAMP': pa.timestamp('us'), 'TIMESTAMP_TZ': pa.timestamp('us', 'UTC'),
         'INTERVAL_DAY_SECOND': pa.duration('us'), 'STRING': pa.utf8(), 'ARRAY': pa.utf8(), 'MAP': pa.utf8(), 'STRUCT': pa.utf8(), 'BINARY': pa.binary(),
         'NULL': pa.null()}


def unique_names(names):
    """The first of a name keeps it; a further one gets _2, _3, …; one without a name is `column` and its place."""
    own, given, out = set(names), set(), []
    for i, name in enumerate(names):
        base = name or 'column%d' % (i + 1)
        new, count = base, 1
        while new in given or (new != name and new in own):
            count += 1
            new = '%s_%d' % (base, count)
        given.add(new)
        out.append(new)
    return out


def number(text):
    return {'NaN': float('nan'), 'Infinity': float('inf'), '-Infinity': float('-inf'), '-0': -0.0}.get(text, text)


def integers(kind, values):
    """What Arrow stores for a moment, a date or an interval."""
    for value in values:
        micros = None if value is None else int(value['micros'] if isinstance(value, dict) else value)
        yield micros // 86_400_000_000 if kind == 'DATE' and micros is not None else micros


def column(kind, values):
    if kind == 'DECIMAL128':
        present = [v for v in values if v is not None]
        scale = max([len(v.partition('.')[2]) for v in present]) if present else 18
        exact = [None if v is None else Decimal(v).quantize(Decimal(1).scaleb(-scale), context=DIGITS) for v in values]
        return pa.array(exact, pa.decimal128(38, scale))
    storage = TYPES[kind]
    if kind in ('DATE', 'DATETIME', 'TIMESTAMP', 'TIMESTAMP_TZ', 'INTERVAL_DAY_SECOND'):
        return pa.array(list(integers(kind, values)), pa.int32() if kind == 'DATE' else pa.int64()).view(storage)
    if kind == 'LONG':
        values = [None if v is None else int(v) for v in values]
    elif kind in ('FLOAT', 'DOUBLE'):
        values = [number(v) for v in values]
    elif kind == 'BINARY':
        values = [None if v is None else bytes.fromhex(v) for v in values]
    return pa.array(values, storage)


def table(vector):
    kinds = [f['type'] for f in vector['fields']]
    names = unique_names([f['name'] for f in vector['fields']])
    columns = [column(kind, values) for kind, values in zip(kinds, vector['columns'])]
    fields = [pa.field(name, c.type, metadata={'e6data.type': kind}) for name, c, kind in zip(names, columns, kinds)]
    for name, kind, values in zip(names, kinds, vector['columns']):
        if kind == 'TIMESTAMP_TZ':
            fields.append(pa.field(name + '_zone', pa.utf8()))
            columns.append(pa.array([None if v is None else v['zone'] for v in values], pa.utf8()))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def stream(vector):
    expected = table(vector)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, expected.schema) as writer:
        for batch in expected.combine_chunks().to_batches():
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def storage(array):
    """Texts that tell apart what Arrow's own comparison does not: NaN is equal here, 0 and -0 are not."""
    if pa.types.is_floating(array.type):
        return [None if v is None else repr(v) for v in array.to_pylist()]
    if pa.types.is_temporal(array.type):
        array = array.cast(pa.int32() if pa.types.is_date32(array.type) else pa.int64())
    return array.to_pylist()


def check(vector, path):
    with pa.ipc.open_stream(path) as reader:
        got = reader.read_all()
    got.validate(full=True)
    want = table(vector)
    unknown = {i for i, c in enumerate(want.columns) if pa.types.is_decimal(c.type) and c.null_count == len(c)}
    for i, (a, b) in enumerate(zip(got.schema, want.schema)):
        assert a.equals(b, check_metadata=True) or (i in unknown and pa.types.is_decimal128(a.type)), (vector['name'], a, b)
    assert got.num_columns == want.num_columns and got.num_rows == vector['rowCount'], vector['name']
    for a, b, name in zip(got.columns, want.columns, got.column_names):
        assert storage(a) == storage(b), (vector['name'], name)


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--check')
    folder = arguments.parse_args().check
    vectors = [json.load(open(path, encoding='utf-8')) for path in sorted(glob.glob(os.path.join(HERE, '..', '*.json')))]
    if folder:
        for vector in vectors:
            check(vector, os.path.join(folder, vector['name'] + '.arrows'))
        print('%d streams are right, by pyarrow %s' % (len(vectors), pa.__version__))
    else:
        streams = {v['name']: base64.b64encode(stream(v)).decode() for v in vectors}
        with open(os.path.join(HERE, 'streams.json'), 'w') as out:
            json.dump({'pyarrow': pa.__version__, 'streams': streams}, out, indent=1)
            out.write('\n')
