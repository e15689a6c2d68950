/**
 * The schema `sales`: a small star around `fact_sales`, and `every_type`, a table with a column of each type that a
 * result can hold. A column whose comment is DATETIME answers as DATETIME.
 */
export function salesStatements(scale: number): readonly string[] {
  const rows = (atScaleOne: number): number => Math.max(1, Math.round(atScaleOne * scale));
  const count = { customer: rows(20_000), product: rows(5_000), sales: rows(1_000_000) };
  return [
    dimDate,
    dimStore,
    dimProduct(count.product),
    dimCustomer(count.customer),
    factSales(count),
    everyType,
    "COMMENT ON COLUMN sample.sales.fact_sales.recorded_at IS 'DATETIME'",
    "COMMENT ON COLUMN sample.sales.every_type.a_datetime IS 'DATETIME'",
  ];
}

const dimDate = `
CREATE TABLE sample.sales.dim_date AS
SELECT strftime(day, '%Y%m%d')::INTEGER AS date_key, day AS date, year(day)::INTEGER AS year, quarter(day)::TINYINT AS quarter,
  month(day)::TINYINT AS month, monthname(day) AS month_name, isodow(day)::TINYINT AS weekday, isodow(day) >= 6 AS is_weekend
FROM (SELECT (DATE '2023-01-01' + n::INTEGER) AS day FROM range(1096) AS t(n))`;

const dimStore = `
CREATE TABLE sample.sales.dim_store AS
SELECT key::SMALLINT AS store_key, city || ' ' || ['Central', 'Harbour'][(key % 2) + 1] AS name, city, zone AS time_zone,
  TIME '08:00:00' + to_minutes(30 * (key % 3)) AS opens_at, key % 5 <> 0 AS is_open,
  {'latitude': latitude::DOUBLE, 'longitude': longitude::DOUBLE} AS position
FROM (SELECT row_number() OVER () AS key, * FROM (VALUES
  ('Bengaluru', 'Asia/Kolkata', 12.97, 77.59), ('Berlin', 'Europe/Berlin', 52.52, 13.41), ('Boston', 'America/New_York', 42.36, -71.06),
  ('Cape Town', 'Africa/Johannesburg', -33.92, 18.42), ('Kathmandu', 'Asia/Kathmandu', 27.72, 85.32), ('Lima', 'America/Lima', -12.05, -77.04),
  ('Osaka', 'Asia/Tokyo', 34.69, 135.50), ('Perth', 'Australia/Perth', -31.95, 115.86), ('São Paulo', 'America/Sao_Paulo', -23.55, -46.63),
  ('Zürich', 'Europe/Zurich', 47.38, 8.54)) AS s(city, zone, latitude, longitude))`;

function dimProduct(count: number): string {
  return `
CREATE TABLE sample.sales.dim_product AS
SELECT key::INTEGER AS product_key, uuid_of(key) AS product_id,
  ['Lamp', 'Chair', 'Desk', 'Shelf', 'Rug', 'Clock'][pick(key, 101, 6) + 1] || ' No. ' || key AS name,
  ['home', 'office', 'garden'][pick(key, 102, 3) + 1]::ENUM('home', 'office', 'garden') AS category,
  (pick(key, 103, 50000) / 100 + 1)::DECIMAL(9, 2) AS list_price, (pick(key, 104, 40000) / 1000)::FLOAT AS weight_kg,
  list_transform(range(pick(key, 105, 4)), n -> ['new', 'sale', 'bulky', 'eco'][n + 1]) AS tags,
  map {'width': pick(key, 106, 200) + 1, 'height': pick(key, 107, 200) + 1} AS size_cm,
  to_days((pick(key, 108, 700) + 30)::INTEGER) AS warranty, unhex(left(md5(key::VARCHAR), 16)) AS thumbprint
FROM range(1, ${count + 1}) AS t(key)`;
}

function dimCustomer(count: number): string {
  return `
CREATE TABLE sample.sales.dim_customer AS
SELECT key AS customer_key,
  ['Ada', 'Chen', 'Dieter', 'Fatima', 'Inês', 'José', 'Lakshmi', '美咲'][pick(key, 111, 8) + 1] || ' '
    || ['Almeida', 'Bauer', 'Çelik', 'Iyer', 'Müller', 'Okafor', 'Singh', 'Tanaka'][pick(key, 112, 8) + 1] AS name,
  CASE WHEN pick(key, 113, 4) > 0 THEN 'customer' || key || '@example.com' END AS email,
  DATE '1940-01-01' + pick(key, 114, 24000)::INTEGER AS born, pick(key, 115, 10) = 0 AS is_member,
  TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_seconds(pick(key, 116, 94608000)) AS joined_at
FROM range(1, ${count + 1}) AS t(key)`;
}

function factSales(count: { customer: number; product: number; sales: number }): string {
  return `
CREATE TABLE sample.sales.fact_sales AS
WITH sale AS (
  SELECT key, pick(key, 121, ${count.product}) + 1 AS product, pick(key, 122, 9) + 1 AS quantity,
    TIMESTAMP '2023-01-01 00:00:00' + to_microseconds(pick(key, 123, 94694400) * 1000000 + pick(key, 124, 1000000)) AS sold_at
  FROM range(1, ${count.sales + 1}) AS t(key))
SELECT key AS sale_id, strftime(sold_at, '%Y%m%d')::INTEGER AS date_key, (pick(key, 125, 10) + 1)::SMALLINT AS store_key,
  product::INTEGER AS product_key, pick(key, 126, ${count.customer}) + 1 AS customer_key, quantity::TINYINT AS quantity,
  (quantity * (pick(product, 103, 50000) / 100 + 1))::DECIMAL(12, 2) AS amount,
  CASE WHEN pick(key, 127, 5) = 0 THEN (pick(key, 128, 30) + 1) / 100::DOUBLE END AS discount, pick(key, 129, 20) = 0 AS is_return,
  sold_at, sold_at + to_seconds(pick(key, 130, 90)) AS recorded_at
FROM sale`;
}

/** Three rows: usual values, the edges of each type, and NULL everywhere. */
const everyType = `
CREATE TABLE sample.sales.every_type AS
SELECT a_boolean::BOOLEAN AS a_boolean, a_tinyint::TINYINT AS a_tinyint, a_smallint::SMALLINT AS a_smallint, an_integer::INTEGER AS an_integer,
  a_bigint::BIGINT AS a_bigint, a_hugeint::HUGEINT AS a_hugeint, a_ubigint::UBIGINT AS a_ubigint, a_decimal::DECIMAL(18, 4) AS a_decimal,
  a_wide_decimal::DECIMAL(38, 10) AS a_wide_decimal, a_float::FLOAT AS a_float, a_double::DOUBLE AS a_double, a_text::VARCHAR AS a_text,
  a_uuid::UUID AS a_uuid, a_json::JSON AS a_json, a_blob::BLOB AS a_blob, a_date::DATE AS a_date, a_time::TIME AS a_time,
  a_timestamp::TIMESTAMP AS a_timestamp, a_datetime::TIMESTAMP AS a_datetime, a_timestamptz::TIMESTAMPTZ AS a_timestamptz,
  an_interval::INTERVAL AS an_interval, a_list::INTEGER[] AS a_list, a_map::MAP(VARCHAR, INTEGER) AS a_map,
  a_struct::STRUCT(name VARCHAR, born DATE) AS a_struct
FROM (VALUES
  (true, 1, 300, 70000, '5000000000', '12345678901234567890', '18446744073709551615', '1234.5678', '3.1415926535', '1.5', '2.718281828459045',
   'naïve 日本語 🧪', '00112233-4455-6677-8899-aabbccddeeff', '{"a": [1, 2]}', '\\x00\\xFFtext'::BLOB, '2024-02-29', '12:34:56.789',
   '2024-02-29 12:34:56.789012', '1999-12-31 23:59:59', '2024-03-31 01:00:00+00', INTERVAL '1 day 2 hours 3 seconds',
   [1, NULL, 3], map {'a': 1, 'b': NULL}, {'name': 'Ada', 'born': DATE '1815-12-10'}),
  (false, -128, -32768, -2147483648, '-9223372036854775808', '-99999999999999999999999999999999999999', '0',
   '-99999999999999.9999', '-9999999999999999999999999999.9999999999', 'nan', '-infinity', '', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'null', ''::BLOB,
   '0001-01-01', '00:00:00', '1677-09-21 00:12:43.145225', '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999+00',
   INTERVAL '-3 days', [], map {}, {'name': NULL, 'born': NULL}),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
  AS v(a_boolean, a_tinyint, a_smallint, an_integer, a_bigint, a_hugeint, a_ubigint, a_decimal, a_wide_decimal, a_float, a_double, a_text,
    a_uuid, a_json, a_blob, a_date, a_time, a_timestamp, a_datetime, a_timestamptz, an_interval, a_list, a_map, a_struct)`;
