/** Where the values of a column of fixed width lie. */
export interface FixedWidth {
  readonly view: DataView;
  /** The position of the first value. */
  readonly start: number;
  readonly rowCount: number;
  readonly nulls: Uint8Array | undefined;
}
