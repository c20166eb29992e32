/** What was asked of one name, and what is known of it. Written before the call is sent, and after its answer. */
export type StorageLine =
  | {
      readonly what: "call";
      readonly stage: "intend" | "ack" | "refused" | "unknown" | "defect";
      readonly call: StorageCall;
      readonly name: string;
      readonly quota?: number;
      readonly status?: number;
    }
  /** A file was put into the directory of a name: from then on it lies somewhere, until it was purged. */
  | { readonly what: "mark"; readonly name: string; readonly mark: string }
  | { readonly what: "kill"; readonly afterMs: number };

export type StorageCall = "create" | "quota" | "delete" | "restore" | "purge" | "recount";

/** How things may stand with one name: more than one way while an answer is missing. */
export interface Standing {
  readonly present: boolean;
  /** Bytes; 0: none. */
  readonly quota: number;
  /** The file that lies in it; null: none was put there. */
  readonly mark: string | null;
}

export const ABSENT: Standing = { present: false, quota: 0, mark: null };

/** One name's whole story, outside of Stoa. */
export interface Story {
  readonly name: string;
  possible: readonly Standing[];
  /** Marks of what was given up for good, acknowledged: none of them may come back. */
  readonly purged: Set<string>;
  /** Answers that no kill explains. */
  readonly defects: string[];
  /** Of deleted ones that can be brought back, oldest first, as they were. */
  readonly deleted: { readonly standing: Standing; sure: boolean }[];
}
