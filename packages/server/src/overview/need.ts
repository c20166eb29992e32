/** What an operator is asked to look at: told by code and figures, in the reader's language. */
export type NeedCode =
  | "operations_failed"
  | "sessions_hanging"
  | "host_lost"
  | "host_silent"
  | "operations_waiting"
  | "load_high"
  | "mail_unset"
  | "people_pending"
  | "core_hours_spent"
  | "part_down"
  | "job_type_failing"
  | "mails_kept"
  | "mails_failed"
  | "audit_broken"
  | "audit_unverified"
  | "audit_unsealed"
  | "disk_full"
  | "deletion_due"
  | "storage_over"
  | "source_failed";

export interface Need {
  readonly code: NeedCode;
  /** `bad`: something does not work. `warn`: something will not, or waits for somebody. `hint`: it could be better. */
  readonly tone: "bad" | "warn" | "hint";
  /** Since when, or when it comes. */
  readonly at: Date;
  readonly count: number;
  /** What it is about, where it is one thing. */
  readonly subject: { readonly kind: string; readonly id: string; readonly label: string } | null;
  readonly params: Readonly<Record<string, string | number>>;
}

/** The gravest first, and of those the newest. */
export function inOrder(needs: readonly Need[]): Need[] {
  const weight = { bad: 0, warn: 1, hint: 2 } as const;
  return needs.toSorted((a, b) => weight[a.tone] - weight[b.tone] || b.at.getTime() - a.at.getTime());
}
