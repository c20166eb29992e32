/** A person or a group that was chosen from what was found. */
export interface Chosen {
  readonly kind: "person" | "group";
  readonly id: number;
  readonly name: string;
}

/** People and groups are both numbered. */
export const sameOne = (a: Chosen, b: Chosen): boolean => a.kind === b.kind && a.id === b.id;
