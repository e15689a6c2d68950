/** True if a time lies less than so many milliseconds back. A clock may be set back: what lies far ahead is as old as what lies far behind. */
export function isWithin(milliseconds: number, time: number, at: number): boolean {
  return Math.abs(at - time) < milliseconds;
}
