import { describe, expect, it } from "vitest";
import { querySummary } from "./query-summary.ts";

describe("querySummary()", () => {
  // The examples of the conventions, "Generating a summary of the query", but for its literal in the place of a table.
  it.each([
    ["SELECT *\nFROM   wuser_table\nWHERE  username = ?", "SELECT wuser_table"],
    [
      "INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?",
      "INSERT shipping_details SELECT orders",
    ],
    ["SELECT *\nFROM songs,\n artists\nWHERE songs.artist_id == artists.id", "SELECT songs artists"],
    [
      "SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)",
      "SELECT SELECT orders customers",
    ],
    ['SELECT * FROM "song list"', 'SELECT "song list"'],
    ["CALL some_stored_procedure(1, 'a')", "CALL some_stored_procedure"],
  ])("follows the conventions: %s", (sql, summary) => {
    expect(querySummary(sql)).toBe(summary);
  });

  it.each([
    ["select 1", "select"],
    ["select a.* from sample . tpch /* x */ . nation as n, region r", "select sample.tpch.nation region"],
    ["select * from a join b using (id), c where d in (1, 2), e", "select a b c"],
    ["select * from (b join c on b.x = c.x, d) e, f group by g, h order by i, j limit 1, 2", "select b c d f"],
    ["select x from a left join lateral (select y from b) s on true, only c", "select a select b c"],
    ["with t (a) as (select b from c) select a from t", "select c select t"],
    ["with t as (select b from c) insert into d select * from t", "select c insert d select t"],
    ["with t as (delete from c returning *) select * from t", "delete c select t"],
    ["(select 1 from a) union all (select 2 from b)", "select a select b"],
    ["explain analyze verbose select 1 from a", "explain analyze select a"],
    ["update a set b = 1, c = 2 from d, e where f in (select g from h)", "update a d e select h"],
    ["delete from a using b where c is distinct from d", "delete a b"],
    [
      "merge into a using b on a.x = b.x when matched then update set y = 1 when not matched then insert (x)",
      "merge a b",
    ],
    ["merge into a using (select x from b) c on true when matched then delete", "merge a select b"],
    ["insert overwrite table a values (1, 'b'), (2, 'c')", "insert a"],
    ["create or replace table a.b as select 1 from c", "create a.b select c"],
    ["create table if not exists a (b int, c text)", "create a"],
    ["drop view if exists a", "drop a"],
    ["describe sales.fact", "describe sales.fact"],
    ["show tables from sales", "show sales"],
    ["use sales", "use sales"],
    ["select 1 from a; select 2 from b", "select a select b"],
    ["SeLeCt 1 FROM Größe", "SeLeCt Größe"],
  ])("tells operations and tables: %s", (sql, summary) => {
    expect(querySummary(sql)).toBe(summary);
  });

  it.each([
    ["select extract(year from a), substring(b from 2), trim(both from c) from d", "select d"],
    ['select a.from, b.join, "from", x as "select" from d where y = \'select 1 from e\'', "select d"],
    ["select (a).from b, concat(insert('c', 1), trim(x)) from d", "select d"],
    ["select 'from a' -- from b\n/* from c */ from $$from e$$, f", "select f"],
  ])("is not misled by names, literals, comments and functions: %s", (sql, summary) => {
    expect(querySummary(sql)).toBe(summary);
  });

  it.each([
    ["select * from read_parquet('s3://s3cr3t') a, b", "select b"],
    ['select * from \'s3cr3t\', "https://x?sig=s3cr3t", `a\ns3cr3t`, b."s3cr3t:1", c', "select c"],
    ["select * from table(s3cr3t(1)), unnest([1]) u", "select"],
    ["select s3cr3t from a where b = 's3cr3t' and c = $$s3cr3t$$ and d = e's3cr3t'", "select a"],
    ["set password = 's3cr3t'", "set"],
    ["alter user ann identified by s3cr3t", "alter"],
    ["copy a to 's3://s3cr3t'", "copy a"],
  ])("holds no literal, column, function and no name that could be more: %s", (sql, summary) => {
    expect(querySummary(sql)).toBe(summary);
  });

  it("says nothing of a later statement that begins with no known operation", () => {
    expect(querySummary("select 1 from a; s3cr3t from b; select 1 from c")).toBe("select a");
  });

  it.each([
    "",
    "  -- nothing",
    "s3cr3t; select 1 from b",
    "s3cr3t from b",
    "'s3cr3t' from b",
    '"s3cr3t" join b',
    "12 from b",
    ") from b",
    "with",
  ])("says nothing of what begins with no known operation: %s", (sql) => {
    expect(querySummary(sql)).toBe("");
  });

  it("ends before it becomes too long, between two names", () => {
    const table = "a".repeat(63);
    expect(querySummary(`select 1 from ${Array(9).fill(table).join(", ")}`)).toBe(
      `select ${Array(3).fill(table).join(" ")}`,
    );
    expect(querySummary(`select 1 from ${"a".repeat(300)}`)).toBe("select");
  });

  it("reads only so far", () => {
    const values = Array(20_000).fill("1").join(", ");
    expect(querySummary(`select 1 from a where b in (${values}) and c in (select d from e)`)).toBe("select a");
  });

  it("reads text of any form to its end", () => {
    for (const sql of [
      "select (((",
      "select )))) from a",
      "select from",
      "select from a.",
      "select from a..b",
      "insert into",
      "select , , from ,a,,b",
    ]) {
      expect(() => querySummary(sql)).not.toThrow();
    }
    expect(querySummary("select )))) from a")).toBe("select a");
  });
});
