import { isSign, isWord, type SqlToken, sqlTokens } from "./sql-tokens.ts";

/** What a statement that only reads may begin with. */
const readingStarts: ReadonlySet<string> = new Set([
  "select",
  "with",
  "values",
  "from",
  "table",
  "show",
  "describe",
  "desc",
]);
const explainWords: ReadonlySet<string> = new Set(["explain", "analyze", "verbose"]);
/** Words that make a write of whatever they stand in: after WITH, in a common table expression, behind SELECT. */
const writingWord =
  /^(?:insert|update|delete|merge|upsert|overwrite|into|create|alter|drop|truncate|grant|revoke|copy|unload|call|exec|execute|lock|refresh|nextval|setval)$/;
/** Functions that change something by their names, in DuckDB, PostgreSQL and elsewhere. */
const writingFunction =
  /^(?:nextval|setval|query|.*checkpoint|pg_(?:advisory|cancel|create|drop|export|log|logical|notify|promote|reload|replication|rotate|switch|terminate|try_advisory|wal).*|(?:lo|dblink|http|set|write|put|post|send|notify|insert|update|delete|merge|create|alter|drop|truncate|copy|import|export|load|install|attach|detach|enable|disable|exec|execute|call|run|kill|cancel|terminate|json_execute)(?:_.*|))$/;

/**
 * Tells whether a statement certainly reads only, so that it may run again when its answer is lost. In doubt it does not: false says that it
 * may write, also of a text that readers of SQL may understand in two ways: with `\'` in it, a comment in a comment, a literal without an
 * end. True for exactly one statement which
 *
 * - begins with SELECT, WITH, VALUES, FROM, TABLE, SHOW, DESCRIBE or DESC, or with one of them behind parentheses or EXPLAIN [ANALYZE];
 *   behind WITH … the statement itself has to begin with one of them;
 * - has no word anywhere, save in quoted names, literals and comments, that writes: INSERT, UPDATE, DELETE, MERGE, INTO (so no SELECT INTO), CREATE, DROP,
 *   COPY, CALL and their like. A column of such a name makes a statement one that may write, unless it is quoted;
 * - has no NEXT VALUE;
 * - calls no function that is known to write or whose name says so: nextval, setval, set_…, write_…, …checkpoint, pg_advisory… and their like.
 *   Functions of a user's own are taken for pure: who has others says that a statement writes.
 */
export function isReadOnly(sql: string): boolean {
  // Swallowed, the semicolon tells of a literal or comment without an end.
  const tokens = [...sqlTokens(`${sql}\n;`)];
  if (tokens.at(-1)?.start !== sql.length + 1) return false;
  while (isSign(tokens.at(-1), ";")) tokens.pop();
  return (
    !isDoubtful(sql) &&
    readsOnly(tokens) &&
    tokens.every(
      (token, i) =>
        !isSign(token, ";") &&
        !(isWord(token, "value") && isWord(tokens[i - 1], "next")) &&
        !(token.kind === "word" && writingWord.test(token.text)) &&
        !(
          (token.kind === "word" || token.kind === "name") &&
          isSign(tokens[i + 1], "(") &&
          writingFunction.test(token.text)
        ),
    )
  );
}

/** Where readers of SQL disagree on what is a literal or a comment, a write may hide. */
function isDoubtful(sql: string): boolean {
  const comments = sql.split("/*").slice(1);
  return (
    sql.includes("\\'") ||
    comments.some((text, i) => text.startsWith("!") || (i < comments.length - 1 && !text.includes("*/")))
  );
}

/** Whether the statement's first word reads; behind EXPLAIN and WITH that of the statement proper. */
function readsOnly(tokens: readonly SqlToken[]): boolean {
  let at = 0;
  while (isWordOf(tokens[at], explainWords)) at++;
  // EXPLAIN (ANALYZE, FORMAT json) SELECT …
  if (at > 0 && isSign(tokens[at], "(") && !isWordOf(tokens[at + 1], readingStarts) && !isSign(tokens[at + 1], "(")) {
    at = tokens.findIndex((token) => isSign(token, ")")) + 1;
  }
  while (isSign(tokens[at], "(")) at++;
  if (!isWordOf(tokens[at], readingStarts)) return false;
  return tokens[at]?.text !== "with" || readsBehindWith(tokens.slice(at + 1));
}

/** `name [(columns)] AS [MATERIALIZED] (…), … SELECT`: the statement begins with what follows a closing parenthesis and is no AS. */
function readsBehindWith(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (depth === 0 && isSign(tokens[i - 1], ")") && !isSign(token, ",") && token.text !== "as") {
      return isSign(token, "(") || isWordOf(token, readingStarts);
    }
    if (isSign(token, "(")) depth++;
    if (isSign(token, ")")) depth--;
  }
  return false;
}

function isWordOf(token: SqlToken | undefined, words: ReadonlySet<string>): boolean {
  return token?.kind === "word" && words.has(token.text);
}
