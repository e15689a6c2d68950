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
    title: "Sales by store",
    about: "One fact, two dimensions",
    sql: `SELECT s.name AS store, d.year, d.quarter,
       count(*) AS sales,
       sum(f.amount) AS amount,
       avg(f.discount) AS avg_discount
FROM sales.fact_sales AS f
JOIN sales.dim_store AS s USING (store_key)
JOIN sales.dim_date  AS d USING (date_key)
WHERE NOT f.is_return
GROUP BY ALL
ORDER BY store, d.year, d.quarter`,
  },
  {
    title: "Every line item",
    about: "A long result to scroll",
    sql: `SELECT *
FROM lineitem
ORDER BY l_orderkey, l_linenumber`,
  },
  {
    title: "Every type",
    about: "Usual, extreme and NULL",
    sql: `SELECT *
FROM sales.every_type`,
  },
];
