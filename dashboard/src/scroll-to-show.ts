/** A stretch of a scrolled axis, in pixels from its beginning. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What a view shows of an axis: `size` pixels from `offset` on, the first `covered` of them behind something sticky. */
export interface View {
  readonly offset: number;
  readonly size: number;
  readonly covered: number;
}

/**
 * The offset that brings a stretch into the view by the shortest way; unchanged if it is in sight already. A stretch
 * that is too long for the view is shown from its start.
 */
export function scrollToShow({ start, end }: Stretch, { offset, size, covered }: View): number {
  if (start < offset + covered || end - start > size - covered) return start - covered;
  return Math.max(offset, end - size);
}
