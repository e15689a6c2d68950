/** Something that a user of the mock asked for cannot be: the message says what, and what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
}
