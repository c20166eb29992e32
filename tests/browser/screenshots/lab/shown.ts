/** The numbers of things that pages are shown of. */
export interface Shown {
  readonly workspace: number;
  readonly session: number;
  readonly ended: number;
  readonly sharedSession: number;
  readonly group: number;
  /** Somebody's storage, as the admin's page of it has it. */
  readonly storage: number;
  /** Whom the admin's page of one person shows. */
  readonly personId: number;
}

/** Nothing has this number: of what a lab does not have, the page says so. */
export const nothing = 999_999;

export const shownNothing = {
  workspace: nothing,
  session: nothing,
  ended: nothing,
  sharedSession: nothing,
  group: nothing,
  storage: nothing,
} as const;
