import { isSign, sqlTokens } from "./sql-tokens.ts";

/**
 * A statement without the semicolons at its end, which engines that take one statement at a time refuse. Those between two
 * statements, and inside literals, names and comments, stay.
 */
export function withoutFinalSemicolon(sql: string): string {
  if (!sql.includes(";")) return sql;
  let end = 0;
  let isEnded = false;
  for (const token of sqlTokens(sql)) {
    isEnded = isSign(token, ";");
    if (!isEnded) end = token.end;
  }
  return isEnded && end > 0 ? sql.slice(0, end) : sql;
}
