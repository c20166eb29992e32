import { GROUPS, partsOf, TRASH } from "../../hosts/command.ts";
import type { Place } from "../../hosts/contract.ts";
import { foundName, whyNotOurs } from "../../names.ts";
import type { SubjectKind } from "../../tables.ts";
import type { LeftAlone } from "../contract.ts";

/** ZFS takes no longer ones, their pool and their parents included. */
export const LONGEST_DATASET = 255;

/** The first byte of a letter tells how many there are: what follows may look like hexadecimal, too. */
const LETTER = /:([cd][0-9a-f][89ab][0-9a-f]|e[0-9a-f](?:[89ab][0-9a-f]){2})/g;

/**
 * A name as the last part of a dataset's, which is ASCII: each accented letter becomes `:` and the hexadecimal of its
 * UTF-8 bytes (`josé` is `jos:c3a9`). A colon can't stand in a name. What is mounted lies in a folder of this name, too.
 */
export function datasetName(name: string): string {
  return name.replace(/\P{ASCII}/gu, (letter) => `:${Buffer.from(letter).toString("hex")}`);
}

/** The name that a dataset's last part stands for; null where it isn't one of ours. */
export function nameOfDataset(part: string): string | null {
  const name = part.replace(LETTER, (_, hex: string) => Buffer.from(hex, "hex").toString("utf8"));
  return datasetName(name) === part ? foundName(name) : null;
}

/** The parts below the base that lead to a place: of its dataset, and of the folder that it is mounted at. */
export function datasetParts(place: Place): readonly string[] {
  return partsOf(place).map(datasetName);
}

export function datasetOf(place: Place, base: string): string {
  return [base, ...datasetParts(place)].join("/");
}

/** What a dataset below the base is for; null: it is nothing of ours, or something within a subject. */
export function placeOfDataset(dataset: string, base: string): Place | null {
  if (dataset === base) return { kind: "base" };
  if (!dataset.startsWith(`${base}/`)) return null;
  const parts = dataset.slice(base.length + 1).split("/");
  const [first = "", second] = parts;
  if (parts.length > 2) return null;
  if (first === TRASH) return second === undefined ? { kind: "trashes" } : { kind: "trash", name: second };
  if (first === GROUPS) return second === undefined ? { kind: "groups" } : subject("group", second);
  return second === undefined ? subject("user", first) : null;
}

/** A dataset that lies where subjects do, and whose name keeps it from being one; null: it is one, or none of these. */
export function namedOtherwise(dataset: string, base: string): LeftAlone | null {
  if (!dataset.startsWith(`${base}/`)) return null;
  const parts = dataset.slice(base.length + 1).split("/");
  const [kind, name = ""] =
    parts[0] === GROUPS && parts.length > 1 ? ["group" as const, parts[1]] : ["user" as const, parts[0]];
  if (parts.length > (kind === "group" ? 2 : 1) || name === TRASH || nameOfDataset(name) !== null) return null;
  return { kind, name, because: whyNotOurs(name) ?? "it stands for no name" };
}

function subject(kind: SubjectKind, part: string): Place | null {
  const name = nameOfDataset(part);
  return name === null ? null : { kind, name };
}
