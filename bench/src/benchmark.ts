/** A measurement that `npm run bench` can run by name. */
export interface Benchmark {
  /** What one writes after `npm run bench --`. */
  readonly name: string;
  /** What is measured against what, in one line. */
  readonly about: string;
  /** Measures, and returns the report: lines of text. */
  run(): Promise<readonly string[]>;
}
