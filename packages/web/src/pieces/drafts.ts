/** What was typed into a form, by field: text, or the chosen values of boxes that share a name. */
export type Draft = Readonly<Record<string, readonly string[]>>;

const prefix = "stoa.draft.";

/** Fields that are never kept, whatever form they are in. */
const secret = /password|code|secret|token/i;

const keyOf = (accountId: number, form: string) => `${prefix}${accountId}.${form}`;

/** What is kept of this person's form, in this tab. */
export function readDraft(accountId: number, form: string): Draft {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(accountId, form)) ?? "null");
    return isDraft(kept) ? kept : {};
  } catch {
    return {};
  }
}

export function writeDraft(accountId: number, form: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(accountId, form), JSON.stringify(draft));
  } catch {
    // Full, or refused by the browser's settings: not kept then.
  }
}

export function forgetDraft(accountId: number, form: string): void {
  try {
    sessionStorage.removeItem(keyOf(accountId, form));
  } catch {
    // Nothing was kept either.
  }
}

/** The named fields of a form as a draft: no passwords, codes, secrets or files. Boxes that are not chosen are told as such. */
export function draftOf(form: HTMLFormElement): Draft {
  const draft: Record<string, string[]> = {};
  for (const field of form.elements) {
    if (!isField(field) || field.name === "" || secret.test(field.name)) continue;
    if (field instanceof HTMLInputElement && ["password", "file", "hidden", "submit"].includes(field.type)) continue;
    const isBox = field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");
    const values = isBox ? (field.checked ? [field.value] : []) : [field.value];
    draft[field.name] = [...(draft[field.name] ?? []), ...values];
  }
  return draft;
}

const isField = (field: Element): field is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
  field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((one) => Array.isArray(one) && one.every((text) => typeof text === "string"))
  );
}
