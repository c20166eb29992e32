import { queryOptions } from "@tanstack/react-query";
import { asApiError } from "./api-error.ts";
import { call } from "./client.ts";

const base = "/api/stoa/v1/people/import";

/** What stands against a line, or the file's first line, which names the columns. */
export interface LineProblem {
  /** Of the file, from 1. */
  readonly line: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly reason: string;
  /** In the reader's language. */
  readonly message: string;
}

/** Somebody who can be added, as the file was read. */
export interface ReadPerson {
  readonly line: number;
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export interface CheckedFile {
  readonly total: number;
  /** Who can be added. */
  readonly good: number;
  /** The first of them. */
  readonly people: readonly ReadPerson[];
  /** Who has an account already; told among the problems, too. */
  readonly existing: number;
  readonly wrong: number;
  /** The first of them, in the order of the file. */
  readonly problems: readonly LineProblem[];
  /** Whether each gets their link by mail. */
  readonly mails: boolean;
}

/** Reads the file, and adds nobody. */
export const checkPeopleFile = (csv: string) => call<CheckedFile>("POST", `${base}/check`, { body: { csv } });

export const importBody = (csv: string) => ({ csv, existing: "skip" }) as const;

/** Adds everybody of the file who has no account; an operation does it. */
export const importPeople = (csv: string) =>
  call<{ operation_id: string; count: number; skipped: number }>("POST", base, { body: importBody(csv) });

interface PeopleImport {
  readonly operation_id: string;
  readonly state: string;
  readonly total: number;
  readonly made: number;
  readonly refused: number;
  readonly refusals: readonly { readonly line: number; readonly username: string; readonly reason: string }[];
}

export const isGoing = (state: string): boolean => state === "queued" || state === "running";

/** How it goes, and how it went. One that is not there, or not to be seen, is not asked for again. */
export const peopleImportQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "import", id],
    queryFn: ({ signal }) => call<PeopleImport>("GET", `${base}/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state: { data, error } }) => {
      if (error !== null && !asApiError(error).transient) return false;
      return isGoing(data?.state ?? "queued") ? 700 : false;
    },
  });
