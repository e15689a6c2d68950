import { useSignal } from "@preact/signals";
import { useFocusOnce } from "../focus-once.ts";
import { readGatewayAddress } from "../gateway-address.ts";
import type { RuntimeConfig } from "../runtime-config.ts";
import { readSignIn, type SignInProblem } from "../sign-in-form.ts";
import type { Workbench } from "../workbench.ts";
import { Brand } from "./brand.tsx";
import { ErrorPanel } from "./error-panel.tsx";
import { TextField } from "./text-field.tsx";

interface ConnectFormProps {
  readonly workbench: Workbench;
  readonly config: RuntimeConfig;
}

/** Asks where to connect and as whom. The token goes from its field to the client and is kept nowhere else. */
export function ConnectForm({ workbench, config }: ConnectFormProps) {
  const problem = useSignal<SignInProblem | undefined>(undefined);
  const gatewayUrl = useSignal(config.gatewayUrl);
  const user = useFocusOnce<HTMLInputElement>();
  const session = workbench.session.value;
  const busy = session.kind === "signingIn";

  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const entry = readSignIn(new FormData(form), config.connectOrigins);
    problem.value = entry.kind === "problem" ? entry : undefined;
    if (entry.kind === "problem") focusField(form, entry.field);
    else void workbench.signIn(entry.options);
  };

  return (
    <main class="welcome">
      <div class="welcome-card">
        <Brand />
        <h1 class="welcome-title">Connect to a cluster</h1>
        <p class="welcome-lead">SQL through the gateway, on whichever stack is active: blue or green.</p>
        <form class="connect-form" method="post" autocomplete="off" noValidate onSubmit={submit} aria-busy={busy}>
          <TextField
            name="gatewayUrl"
            label="Gateway"
            value={gatewayUrl.value}
            onInput={(text) => {
              gatewayUrl.value = text;
            }}
            problem={problem.value}
            note={addressWarning(gatewayUrl.value, config.connectOrigins)}
            readOnly={busy}
          />
          <div class="field-pair">
            <TextField
              name="user"
              label="User"
              input={user}
              problem={problem.value}
              note="Leave empty for a bearer token."
              readOnly={busy}
            />
            <TextField name="token" label="Token" secret problem={problem.value} readOnly={busy} />
          </div>
          <details class="more-fields">
            <summary>Catalog and schema</summary>
            <div class="field-pair">
              <TextField name="catalog" label="Catalog" placeholder="default" readOnly={busy} />
              <TextField name="schema" label="Schema" placeholder="default" readOnly={busy} />
            </div>
          </details>
          {session.kind === "signedOut" && session.failure && <ErrorPanel report={session.failure} />}
          <ConnectButtons busy={busy} onCancel={workbench.cancel} />
        </form>
        <p class="fine-print">
          The token stays in this tab’s memory: it is never stored, logged or put into an address.
        </p>
      </div>
    </main>
  );
}

function ConnectButtons({ busy, onCancel }: { readonly busy: boolean; readonly onCancel: () => void }) {
  return (
    <div class="connect-buttons">
      <button class="button button-primary button-wide" type="submit" aria-disabled={busy}>
        {busy ? "Connecting…" : "Connect"}
      </button>
      {busy && (
        <button class="button" type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}

function addressWarning(text: string, origins: RuntimeConfig["connectOrigins"]): string | undefined {
  const address = readGatewayAddress(text, origins);
  return address.kind === "usable" ? address.warning : undefined;
}

function focusField(form: HTMLFormElement, name: SignInProblem["field"]): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLElement) field.focus();
}
