/** Everything that an error says, with all that it has of its own and its causes. */
export function errorText(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error) || depth > 5) return String(thrown);
  const { message, stack, cause } = thrown;
  return [message, stack, JSON.stringify(thrown), errorText(cause, depth + 1)].join("\n");
}
