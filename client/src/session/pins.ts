/** What runs on a connection: queries, each from its first call to its last, and what is about to become one. */
export class Pins {
  readonly #held = new Set<object>();
  readonly #onRelease: () => void;

  /** `onRelease` is told each time that something has ended. */
  constructor(onRelease: () => void) {
    this.#onRelease = onRelease;
  }

  /** How many run. */
  get count(): number {
    return this.#held.size;
  }

  hold(pin: object): void {
    this.#held.add(pin);
  }

  /** Letting go twice is letting go once. */
  release(pin: object): void {
    if (this.#held.delete(pin)) this.#onRelease();
  }
}
