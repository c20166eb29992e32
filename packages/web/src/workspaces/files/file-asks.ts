import type { FileEntry } from "../../api/types.ts";

/** What a dialog is open for. */
export type FileAsk =
  | { readonly kind: "newFolder" | "newFile" }
  | { readonly kind: "rename" | "details" | "extract"; readonly entry: FileEntry }
  | { readonly kind: "move" | "copy"; readonly paths: readonly string[] };

/** What a row may set going. */
export interface FileVerbs {
  ask(ask: FileAsk): void;
  remove(paths: readonly string[]): void;
  moveInto(paths: readonly string[], folder: string): void;
  /** Files from the desktop, let go over this folder. */
  upload(folder: string, transfer: DataTransfer): void;
  /** Starts one in this folder; null: it can't be. */
  readonly terminal: ((folder: string) => void) | null;
  /** Where what is dragged would land; null: in the folder that is shown. */
  aim(folder: string | null): void;
}
