/** A statement that the page offers, on the sample data. */
export interface SampleQuery {
  readonly title: string;
  /** What one learns from it, in a few words. */
  readonly about: string;
  readonly sql: string;
}

/** The first one stands in the editor when the page opens. */
export const sampleQueries: readonly SampleQuery[] = [
  {
    title: "Revenue by nation",
    about: "Five tables joined",
    sql: `SELECT n_name AS nation,
       count(DISTINCT o_orderkey) AS orders,
       sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer
JOIN orders   ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN nation   ON n_nationkey = c_nationkey
GROUP BY n_name
ORDER BY revenue DESC`,
  },
  {
    title: "Pricing summary",
    about: "Exact decimals, grouped",
    sql: `SELECT l_returnflag, l_linestatus,
       sum(l_quantity) AS quantity,
       sum(l_extendedprice) AS base_price,
       sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS charge,
       avg(l_discount) AS avg_discount,
       count(*) AS line_items
FROM lineitem
WHERE l_shipdate <= DATE '1998-09-02'
GROUP BY l_returnflag, l_linestatus
ORDER BY l_returnflag, l_linestatus`,
  },
  {
    title: "Every line item",
    about: "A long result to scroll",
    sql: `SELECT *
FROM lineitem
ORDER BY l_orderkey, l_linenumber`,
  },
  {
    title: "NULL and other values",
    about: "How each kind of value looks",
    sql: `SELECT * FROM (VALUES
  (1, 'text',  1234567890123456789, DECIMAL '12345678901234.5678', DATE '2024-02-29', true),
  (2, '',      -1,                  DECIMAL '-0.0001',             DATE '1970-01-01', false),
  (3, NULL,    NULL,                NULL,                          NULL,              NULL)
) AS sample(id, a_text, a_long, a_decimal, a_date, a_boolean)`,
  },
];
