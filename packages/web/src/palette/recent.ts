/** What was chosen last in this browser, by this person: enough to show it again without asking for it. */
export interface Recent {
  readonly id: string;
  readonly name: string;
  /** Null: a command. */
  readonly path: string | null;
}

const prefix = "stoa.recent.";
const most = 5;

export function recentOf(accountId: number): readonly Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(prefix + accountId) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent).slice(0, most) : [];
  } catch {
    return [];
  }
}

export function noteRecent(accountId: number, { id, name, path }: Recent): void {
  const others = recentOf(accountId).filter((one) => one.id !== id);
  try {
    localStorage.setItem(prefix + accountId, JSON.stringify([{ id, name, path }, ...others].slice(0, most)));
  } catch {
    // Not kept then.
  }
}

function isRecent(value: unknown): value is Recent {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, path } = value as Partial<Record<keyof Recent, unknown>>;
  return typeof id === "string" && typeof name === "string" && (path === null || typeof path === "string");
}
