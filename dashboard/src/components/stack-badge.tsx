import type { Strategy } from "e6data-web";

/** Names a stack. Colour alone would not do: the mark's shape differs too, and the name is written out. */
export function StackBadge({ strategy }: { readonly strategy: Strategy }) {
  return (
    <span class={`stack-badge stack-badge-${strategy}`} data-stack={strategy}>
      <span class="stack-mark" aria-hidden="true" />
      {strategy}
    </span>
  );
}
