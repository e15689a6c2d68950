import type { RefObject } from "preact";
import type { SignInProblem } from "../sign-in-form.ts";

interface TextFieldProps {
  readonly name: string;
  readonly label: string;
  /** True for what nobody may read over the user's shoulder. Default: false. */
  readonly secret?: boolean;
  readonly value?: string;
  readonly placeholder?: string;
  /** Said below the field, unless a problem is. */
  readonly note?: string | undefined;
  /** The form's problem: shown if it is this field's. */
  readonly problem?: SignInProblem | undefined;
  readonly readOnly: boolean;
  /** Where the element itself is wanted. */
  readonly input?: RefObject<HTMLInputElement | null>;
  readonly onInput?: (text: string) => void;
}

/** A labelled line of text with a note or a problem below it. */
export function TextField({ name, label, secret = false, problem, note, input, onInput, ...rest }: TextFieldProps) {
  const message = problem?.field === name ? problem.message : undefined;
  const noteId = `${name}-note`;
  const attributes = {
    ...rest,
    ...(input && { ref: input }),
    id: name,
    name,
    class: "field-input",
    maxLength: 8192,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: false,
    "aria-invalid": message !== undefined,
    "aria-describedby": noteId,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onInput?.(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label class="field-label" for={name}>
        {label}
      </label>
      {secret ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
      <p class={message === undefined ? "field-note" : "field-note field-problem"} id={noteId} role="status">
        {message ?? note}
      </p>
    </div>
  );
}
