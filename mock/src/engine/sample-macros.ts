/** The macros from which the sample's values are made. They belong to the connection that makes the sample. */
export const sampleMacros: readonly string[] = [
  "CREATE TEMP MACRO pick(key, salt, n) AS (hash(key::BIGINT * 256 + salt) % n)::BIGINT",
  "CREATE TEMP MACRO phone(nation, key) AS format('{}-{:03d}-{:03d}-{:04d}', nation + 10, pick(key, 5, 900) + 100, pick(key, 6, 900) + 100, pick(key, 7, 9000) + 1000)",
  "CREATE TEMP MACRO price(part) AS ((90000 + (part // 10) % 20001 + 100 * (part % 1000)) / 100)::DECIMAL(15, 2)",
  "CREATE TEMP MACRO supplier_of(part, nth, suppliers) AS (part + nth * greatest(suppliers // 4, 1)) % suppliers + 1",
  "CREATE TEMP MACRO remark(n) AS ['on time', 'packed with care', 'call before delivery', 'fragile', 'leave at the gate', ''][n + 1]",
  "CREATE TEMP MACRO uuid_of(key) AS md5('product' || key)::UUID",
];
