/**
 * The line, from 1, in which a text stops being JSON. V8 does not always say where; but lines that are only a beginning
 * fail at their end, and no token of JSON goes over a line's end.
 */
export function lineOfJsonError(text: string): number {
  const lines = text.split("\n");
  let [good, bad] = [0, lines.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(`${lines.slice(0, middle).join("\n")}\n`)) {
      good = middle;
    } else {
      bad = middle;
    }
  }
  return bad;
}

/** Whether a text is JSON, or becomes JSON by what may follow it. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const problem = String(error);
    const position = Number(/ at position (\d+)/.exec(problem)?.[1] ?? Number.NaN);
    return problem.includes("Unexpected end") || position >= text.length;
  }
}
