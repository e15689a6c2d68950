/** The mark and the name of the console. */
export function Brand() {
  return (
    <span class="brand">
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-blue" x="3" y="3" width="18" height="18" rx="5" />
        <rect class="brand-green" x="11" y="11" width="18" height="18" rx="5" />
      </svg>
      <span class="brand-name">e6data</span>
      <span class="brand-part">console</span>
    </span>
  );
}
