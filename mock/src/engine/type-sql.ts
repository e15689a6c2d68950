import duckdb from "@duckdb/node-bindings";

const { Type } = duckdb;

/** A DuckDB type as SQL writes it, or nothing for a type that no table can hold. */
export function typeSql(type: duckdb.LogicalType): string | undefined {
  const id = duckdb.get_type_id(type);
  switch (id) {
    case Type.DECIMAL:
      return `DECIMAL(${duckdb.decimal_width(type)}, ${duckdb.decimal_scale(type)})`;
    case Type.ENUM:
      return enumSql(type);
    case Type.LIST:
      return suffixed(typeSql(duckdb.list_type_child_type(type)), "[]");
    case Type.ARRAY:
      return suffixed(typeSql(duckdb.array_type_child_type(type)), `[${duckdb.array_type_array_size(type)}]`);
    case Type.MAP:
      return mapSql(type);
    case Type.STRUCT:
      return structSql(type);
    default:
      return simpleTypes.get(id);
  }
}

const simpleTypes = new Map<duckdb.Type, string>([
  [Type.BOOLEAN, "BOOLEAN"],
  [Type.TINYINT, "TINYINT"],
  [Type.SMALLINT, "SMALLINT"],
  [Type.INTEGER, "INTEGER"],
  [Type.BIGINT, "BIGINT"],
  [Type.UTINYINT, "UTINYINT"],
  [Type.USMALLINT, "USMALLINT"],
  [Type.UINTEGER, "UINTEGER"],
  [Type.UBIGINT, "UBIGINT"],
  [Type.HUGEINT, "HUGEINT"],
  [Type.UHUGEINT, "UHUGEINT"],
  [Type.FLOAT, "FLOAT"],
  [Type.DOUBLE, "DOUBLE"],
  [Type.VARCHAR, "VARCHAR"],
  [Type.BLOB, "BLOB"],
  [Type.BIT, "BIT"],
  [Type.UUID, "UUID"],
  [Type.DATE, "DATE"],
  [Type.TIME, "TIME"],
  [Type.TIME_TZ, "TIMETZ"],
  [Type.TIMESTAMP, "TIMESTAMP"],
  [Type.TIMESTAMP_S, "TIMESTAMP_S"],
  [Type.TIMESTAMP_MS, "TIMESTAMP_MS"],
  [Type.TIMESTAMP_NS, "TIMESTAMP_NS"],
  [Type.TIMESTAMP_TZ, "TIMESTAMPTZ"],
  [Type.INTERVAL, "INTERVAL"],
  [Type.SQLNULL, "BOOLEAN"],
]);

function enumSql(type: duckdb.LogicalType): string {
  const size = duckdb.enum_dictionary_size(type);
  const members = Array.from({ length: size }, (_, i) => quoteText(duckdb.enum_dictionary_value(type, i)));
  return `ENUM(${members.join(", ")})`;
}

function mapSql(type: duckdb.LogicalType): string | undefined {
  const key = typeSql(duckdb.map_type_key_type(type));
  const value = typeSql(duckdb.map_type_value_type(type));
  return key === undefined || value === undefined ? undefined : `MAP(${key}, ${value})`;
}

function structSql(type: duckdb.LogicalType): string | undefined {
  const fields: string[] = [];
  for (let i = 0; i < duckdb.struct_type_child_count(type); i++) {
    const name = duckdb.struct_type_child_name(type, i);
    const child = typeSql(duckdb.struct_type_child_type(type, i));
    if (name === "" || child === undefined) {
      return undefined;
    }
    fields.push(`${quoteName(name)} ${child}`);
  }
  return `STRUCT(${fields.join(", ")})`;
}

function suffixed(type: string | undefined, suffix: string): string | undefined {
  return type === undefined ? undefined : type + suffix;
}

/** A text as an SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
