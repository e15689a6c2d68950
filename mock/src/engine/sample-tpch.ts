/**
 * The schema `tpch`: eight tables like those of the TPC-H benchmark, made by DuckDB itself. Values come from the hash of
 * a row's key and of the column's salt, so the same scale always gives the same rows; every key that is named exists.
 * `pick(key, salt, n)` is a number from 0 to n - 1.
 */
export function tpchStatements(scale: number): readonly string[] {
  const rows = (atScaleOne: number): number => Math.max(1, Math.round(atScaleOne * scale));
  const count = { supplier: rows(10_000), customer: rows(150_000), part: rows(200_000), orders: rows(1_500_000) };
  return [
    region,
    nation,
    supplier(count.supplier),
    customer(count.customer),
    part(count.part),
    partsupp(count.supplier),
    orders(count.orders, count.customer),
    lineitem(count.part, count.supplier),
    orderTotals,
  ];
}

const region = `
CREATE TABLE sample.tpch.region AS
SELECT key::INTEGER AS r_regionkey, name AS r_name, 'the ' || lower(name) || ' sales region' AS r_comment
FROM (VALUES (0, 'AFRICA'), (1, 'AMERICA'), (2, 'ASIA'), (3, 'EUROPE'), (4, 'MIDDLE EAST')) AS r(key, name)`;

const nation = `
CREATE TABLE sample.tpch.nation AS
SELECT key::INTEGER AS n_nationkey, name AS n_name, region::INTEGER AS n_regionkey, 'ships by ' || way AS n_comment
FROM (VALUES
  (0, 'ALGERIA', 0, 'sea'), (1, 'ARGENTINA', 1, 'rail'), (2, 'BRAZIL', 1, 'sea'), (3, 'CANADA', 1, 'rail'),
  (4, 'EGYPT', 4, 'sea'), (5, 'ETHIOPIA', 0, 'air'), (6, 'FRANCE', 3, 'rail'), (7, 'GERMANY', 3, 'rail'),
  (8, 'INDIA', 2, 'sea'), (9, 'INDONESIA', 2, 'sea'), (10, 'IRAN', 4, 'road'), (11, 'IRAQ', 4, 'road'),
  (12, 'JAPAN', 2, 'sea'), (13, 'JORDAN', 4, 'road'), (14, 'KENYA', 0, 'sea'), (15, 'MOROCCO', 0, 'sea'),
  (16, 'MOZAMBIQUE', 0, 'sea'), (17, 'PERU', 1, 'air'), (18, 'CHINA', 2, 'rail'), (19, 'ROMANIA', 3, 'road'),
  (20, 'SAUDI ARABIA', 4, 'sea'), (21, 'VIETNAM', 2, 'sea'), (22, 'RUSSIA', 3, 'rail'),
  (23, 'UNITED KINGDOM', 3, 'sea'), (24, 'UNITED STATES', 1, 'air')) AS n(key, name, region, way)`;

function supplier(count: number): string {
  return `
CREATE TABLE sample.tpch.supplier AS
SELECT key AS s_suppkey, format('Supplier#{:09d}', key) AS s_name, pick(key, 1, 900) + 100 || ' Harbour Road' AS s_address,
  pick(key, 2, 25)::INTEGER AS s_nationkey, phone(pick(key, 2, 25), key) AS s_phone,
  (pick(key, 3, 1100000) / 100 - 1000)::DECIMAL(15, 2) AS s_acctbal, remark(pick(key, 4, 6)) AS s_comment
FROM range(1, ${count + 1}) AS t(key)`;
}

function customer(count: number): string {
  return `
CREATE TABLE sample.tpch.customer AS
SELECT key AS c_custkey, format('Customer#{:09d}', key) AS c_name, pick(key, 11, 9000) + 1000 || ' Market Street' AS c_address,
  pick(key, 12, 25)::INTEGER AS c_nationkey, phone(pick(key, 12, 25), key) AS c_phone,
  (pick(key, 13, 1100000) / 100 - 1000)::DECIMAL(15, 2) AS c_acctbal,
  ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'][pick(key, 14, 5) + 1] AS c_mktsegment,
  remark(pick(key, 15, 6)) AS c_comment
FROM range(1, ${count + 1}) AS t(key)`;
}

function part(count: number): string {
  return `
CREATE TABLE sample.tpch.part AS
SELECT key AS p_partkey,
  ['almond', 'azure', 'blush', 'coral', 'forest', 'ivory', 'linen', 'olive'][pick(key, 21, 8) + 1] || ' '
    || ['brass', 'copper', 'nickel', 'steel', 'tin'][pick(key, 22, 5) + 1] AS p_name,
  'Manufacturer#' || pick(key, 23, 5) + 1 AS p_mfgr, 'Brand#' || (pick(key, 23, 5) + 1) || (pick(key, 24, 5) + 1) AS p_brand,
  ['ECONOMY', 'LARGE', 'MEDIUM', 'PROMO', 'SMALL', 'STANDARD'][pick(key, 25, 6) + 1] || ' '
    || ['ANODIZED', 'BRUSHED', 'BURNISHED', 'PLATED', 'POLISHED'][pick(key, 26, 5) + 1] AS p_type,
  (pick(key, 27, 50) + 1)::INTEGER AS p_size,
  ['JUMBO', 'LG', 'MED', 'SM', 'WRAP'][pick(key, 28, 5) + 1] || ' ' || ['BAG', 'BOX', 'CAN', 'DRUM', 'PKG'][pick(key, 29, 5) + 1] AS p_container,
  price(key) AS p_retailprice, remark(pick(key, 30, 6)) AS p_comment
FROM range(1, ${count + 1}) AS t(key)`;
}

function partsupp(suppliers: number): string {
  return `
CREATE TABLE sample.tpch.partsupp AS
SELECT p_partkey AS ps_partkey, supplier_of(p_partkey, nth, ${suppliers}) AS ps_suppkey,
  (pick(p_partkey * 4 + nth, 31, 9999) + 1)::INTEGER AS ps_availqty,
  (pick(p_partkey * 4 + nth, 32, 99901) / 100 + 1)::DECIMAL(15, 2) AS ps_supplycost, remark(pick(p_partkey, 33, 6)) AS ps_comment
FROM sample.tpch.part, range(${Math.min(4, suppliers)}) AS n(nth) ORDER BY p_partkey, nth`;
}

function orders(count: number, customers: number): string {
  return `
CREATE TABLE sample.tpch.orders AS
SELECT key AS o_orderkey, pick(key, 41, ${customers}) + 1 AS o_custkey,
  ['F', 'O', 'P'][pick(key, 42, 3) + 1] AS o_orderstatus, 0::DECIMAL(15, 2) AS o_totalprice,
  DATE '1992-01-01' + pick(key, 43, 2406)::INTEGER AS o_orderdate,
  ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'][pick(key, 44, 5) + 1] AS o_orderpriority,
  format('Clerk#{:09d}', pick(key, 45, 1000) + 1) AS o_clerk, 0::INTEGER AS o_shippriority, remark(pick(key, 46, 6)) AS o_comment
FROM range(1, ${count + 1}) AS t(key)`;
}

function lineitem(parts: number, suppliers: number): string {
  return `
CREATE TABLE sample.tpch.lineitem AS
WITH line AS (
  SELECT o_orderkey, o_orderdate, nth, o_orderkey * 8 + nth AS key, pick(o_orderkey * 8 + nth, 51, ${parts}) + 1 AS partkey,
    pick(o_orderkey * 8 + nth, 52, 50) + 1 AS quantity, o_orderdate + (pick(o_orderkey * 8 + nth, 53, 121) + 1)::INTEGER AS shipped
  FROM sample.tpch.orders, range(1, 8) AS n(nth) WHERE nth <= pick(o_orderkey, 50, 7) + 1)
SELECT o_orderkey AS l_orderkey, partkey AS l_partkey,
  supplier_of(partkey, pick(key, 54, ${Math.min(4, suppliers)}), ${suppliers}) AS l_suppkey, nth::INTEGER AS l_linenumber,
  quantity::DECIMAL(15, 2) AS l_quantity, (quantity * price(partkey))::DECIMAL(15, 2) AS l_extendedprice,
  (pick(key, 55, 11) / 100)::DECIMAL(15, 2) AS l_discount, (pick(key, 56, 9) / 100)::DECIMAL(15, 2) AS l_tax,
  CASE WHEN shipped > DATE '1995-06-17' THEN 'N' WHEN pick(key, 57, 2) = 0 THEN 'A' ELSE 'R' END AS l_returnflag,
  CASE WHEN shipped > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS l_linestatus, shipped AS l_shipdate,
  o_orderdate + (pick(key, 58, 61) + 30)::INTEGER AS l_commitdate, shipped + (pick(key, 59, 30) + 1)::INTEGER AS l_receiptdate,
  ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN'][pick(key, 60, 4) + 1] AS l_shipinstruct,
  ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'][pick(key, 61, 7) + 1] AS l_shipmode, remark(pick(key, 62, 6)) AS l_comment
FROM line ORDER BY l_orderkey, l_linenumber`;
}

const orderTotals = `
UPDATE sample.tpch.orders SET o_totalprice = total
FROM (SELECT l_orderkey, sum(l_extendedprice * (1 + l_tax) * (1 - l_discount))::DECIMAL(15, 2) AS total
  FROM sample.tpch.lineitem GROUP BY l_orderkey) WHERE l_orderkey = o_orderkey`;
