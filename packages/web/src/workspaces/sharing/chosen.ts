/** A person or a group that was chosen from what was found. */
export interface Chosen {
  readonly kind: "person" | "group";
  readonly id: number;
  readonly name: string;
}

/** People and groups are both numbered. */
export const sameOne = (a: Chosen, b: Chosen): boolean => a.kind === b.kind && a.id === b.id;

/** Those of a draft that was kept as JSON; none of one that is no such thing. */
export function chosenFrom(kept: string): readonly Chosen[] {
  try {
    const list: unknown = JSON.parse(kept);
    return Array.isArray(list) ? list.filter(isChosen) : [];
  } catch {
    return [];
  }
}

function isChosen(value: unknown): value is Chosen {
  if (typeof value !== "object" || value === null) return false;
  const { kind, id, name } = value as Partial<Record<keyof Chosen, unknown>>;
  return (kind === "person" || kind === "group") && Number.isSafeInteger(id) && typeof name === "string";
}
