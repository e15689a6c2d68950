import type { SignedIn } from "../session-state.ts";
import { Brand } from "./brand.tsx";
import { StackBadge } from "./stack-badge.tsx";

interface TopBarProps {
  readonly session: SignedIn;
  readonly onSignOut: () => Promise<void>;
}

/** Which cluster, as whom, and which of its stacks answers. */
export function TopBar({ session, onSignOut }: TopBarProps) {
  return (
    <header class="top-bar">
      <Brand />
      <div class="top-bar-session">
        <p class="active-stack" role="status" aria-label="Active stack">
          {session.movedFrom && <span class="moved-from">moved from {session.movedFrom} to </span>}
          <StackBadge strategy={session.strategy} />
        </p>
        <p class="who">
          <span class="who-name">{session.who}</span>
          <span class="who-gateway">{new URL(session.gatewayUrl).host}</span>
        </p>
        <button class="button button-quiet" type="button" onClick={() => void onSignOut()}>
          Disconnect
        </button>
      </div>
    </header>
  );
}
