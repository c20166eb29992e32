import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { sessionQuery } from "../api/auth.ts";
import { draftOf, forgetDraft, readDraft, writeDraft } from "./drafts.ts";

export interface KeptDraft {
  /** What was typed into the field, else `otherwise`: for `defaultValue`, or as the first state of a controlled field. */
  text(field: string, otherwise?: string): string;
  /** Whether the box with this value was chosen: for `defaultChecked`. */
  chosen(field: string, value: string, otherwise?: boolean): boolean;
  /** Keeps fields that no form holds: lists of people, options of a form that is made from data. */
  keep(values: Readonly<Record<string, string | readonly string[]>>): void;
  /** For the form: `<form onInput={draft.onInput}>` keeps every named field as it is typed. */
  onInput(event: FormEvent<HTMLFormElement>): void;
  /** After the success. */
  clear(): void;
  /** Something was kept from before. */
  readonly found: boolean;
}

/**
 * What was typed into a form outlives errors, reloads and a closed dialog: in this tab, for this person, until it was
 * sent or they sign out. Passwords, codes and secrets are never kept.
 * @param form names it among all forms, with the thing's id where there are many: `workspace.3.share`
 */
export function useDraft(form: string): KeptDraft {
  const client = useQueryClient();
  const accountId = client.getQueryData(sessionQuery.queryKey)?.account?.id ?? 0;
  // Read once: the fields own their values from then on.
  const [first] = useState(() => readDraft(accountId, form));
  return useMemo(
    () => ({
      text: (field, otherwise = "") => first[field]?.[0] ?? otherwise,
      chosen: (field, value, otherwise = false) => first[field]?.includes(value) ?? otherwise,
      keep(values) {
        const lists = Object.entries(values).map(([field, value]) => [field, [value].flat()]);
        writeDraft(accountId, form, { ...readDraft(accountId, form), ...Object.fromEntries(lists) });
      },
      onInput: (event) => {
        writeDraft(accountId, form, { ...readDraft(accountId, form), ...draftOf(event.currentTarget) });
      },
      clear: () => forgetDraft(accountId, form),
      found: Object.keys(first).length > 0,
    }),
    [accountId, form, first],
  );
}
