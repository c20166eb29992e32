import { Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import { MOST_NAMES } from "../../details/shown-names.ts";
import { ALGORITHMS } from "../../files/checksum-file.ts";
import { NOW } from "../../files/list-folder-as-of.ts";
import type { FileCommands, FileStreams } from "../commands.ts";
import type { HeadOf, ResultOf } from "../contract.ts";
import { BrokenProtocol } from "./frames.ts";

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Of files that may have holes: more than any disk has, and than a number counts. */
const size = Type.Integer({ minimum: 0, maximum: 1e20 });
const nothing = Type.Null();
const text = Type.String({ maxLength: 8_192 });
/** Goes into a header. */
const etag = Type.String({ pattern: '^"[0-9a-z.-]{1,100}"$' });
const time = Type.String({ pattern: "^[+-]?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });
const orNull = <S extends Type.TSchema>(schema: S) => Type.Union([schema, nothing]);
const names = Type.Array(Type.Object({ name: text }), { maxItems: MOST_NAMES });
const staged = Type.Object({ name: text, size: count });
const entry = Type.Object({
  name: text,
  path: Type.String({ maxLength: 65_536 }),
  type: Type.Enum(["file", "folder", "symlink", "other"]),
  size,
  modified_at: time,
  openable: Type.Boolean(),
});
const page = Type.Object({
  items: Type.Array(entry, { maxItems: 1_000 }),
  next_cursor: orNull(Type.String({ maxLength: 65_536 })),
});
const large = Type.Object({
  workspace: orNull(count),
  entry: orNull(count),
  path: Type.String({ maxLength: 65_536 }),
  kind: Type.Enum(["file", "folder"]),
  bytes: size,
  openable: Type.Boolean(),
});
const moveIn = Type.Object({ files: count, folders: count, bytes: size, disk: size });
const unpacked = Type.Object({ files: count, bytes: count });

/**
 * What each command answers. An agent runs as its person, who may have put something of their own in its place: what
 * it says goes to the database, to headers and to other people's pages, so only what has the right form is believed.
 */
const results = {
  appendUpload: Type.Object({ size: count }),
  beginUpload: nothing,
  checkPlace: nothing,
  checksumFile: Type.Object({
    algorithm: Type.Enum([...ALGORITHMS]),
    digest: Type.String({ pattern: "^[0-9a-f]{32,128}$" }),
    size: count,
    etag,
  }),
  clearEntry: nothing,
  describeEntry: entry,
  discardCopy: nothing,
  discardMoveIn: nothing,
  discardStaged: nothing,
  discardTree: nothing,
  emptyAside: nothing,
  eraseEntry: Type.Object({ found: Type.Boolean() }),
  eraseStored: Type.Object({ found: Type.Boolean() }),
  findLinkTargets: Type.Array(orNull(Type.String({ maxLength: 8_192 }))),
  firstBlocked: orNull(count),
  hashUpload: Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }),
  isCopyPlaced: Type.Boolean(),
  isInTrash: Type.Boolean(),
  largestEntries: Type.Object({
    items: Type.Array(large, { maxItems: 500 }),
    bytes: size,
    trashed: size,
    entries: count,
    complete: Type.Boolean(),
    storageRead: Type.Boolean(),
  }),
  listFolder: page,
  listFolderAsOf: Type.Object({
    items: Type.Array(Type.Object({ ...entry.properties, now: Type.Enum([...NOW]) }), { maxItems: 1_000 }),
    next_cursor: page.properties.next_cursor,
  }),
  listWorkspaces: Type.Array(count),
  makeFolder: nothing,
  measureEntry: Type.Object({ bytes: size, complete: Type.Boolean() }),
  measureMoveIn: moveIn,
  moveEntry: nothing,
  nameWorkspace: Type.Object({ aside: orNull(text) }),
  placeBeside: Type.Object({ name: text }),
  placeCopy: nothing,
  placeMoveIn: nothing,
  placeStaged: nothing,
  placeTree: nothing,
  placeUpload: orNull(Type.Object({ parts: Type.Array(text, { maxItems: 4_096 }) })),
  purgeEntry: nothing,
  readText: Type.Object({ text: Type.String(), etag, size: count, modified_at: time }),
  receiveTar: unpacked,
  receiveTree: Type.Object({
    name: text,
    files: count,
    bytes: count,
    leftOut: Type.Object({ links: count, special: count, deep: count, changed: count }),
  }),
  replaceText: Type.Object({ etag }),
  restoreFile: Type.Object({ name: text }),
  restoreWorkspace: nothing,
  scanWorkspace: Type.Object({
    details: Type.Object({ files: names, symlinks: names }),
    bytes: size,
    complete: Type.Boolean(),
    skipped: count,
  }),
  setAside: Type.Object({ name: text }),
  sizeOfUpload: orNull(Type.Object({ size: count })),
  stageCopy: Type.Object({ files: count, bytes: count, skipped: count }),
  stageFiles: Type.Array(staged),
  stageLinks: Type.Array(staged),
  stageMoveIn: moveIn,
  stageUpload: staged,
  stageWorkspace: Type.Object({ name: text, bytes: count }),
  sweepStaging: Type.Object({ removed: count, stuck: Type.Array(text, { maxItems: 100 }) }),
  takeBack: Type.Boolean(),
  trashFile: nothing,
  trashWorkspace: nothing,
  unnameWorkspace: Type.Object({ staged: orNull(text) }),
  unpackArchive: unpacked,
  walkTree: page,
} as const;
const heads = {
  downloadFile: Type.Object({
    etag,
    size,
    modified_at: time,
    answer: Type.Enum(["whole", "part", "unchanged", "unsatisfiable"]),
    range: orNull(Type.Object({ start: size, end: size })),
  }),
  packSelection: nothing,
  sendTree: nothing,
} as const;

/** Compiles only where every command has its form, and each form is of its command's type. */
type Fits<Form extends Type.TSchema, Answer> = Type.Static<Form> extends Answer ? Form : never;
const forms: Readonly<Record<string, Type.TSchema>> = {
  ...(results satisfies { readonly [K in keyof FileCommands]: Fits<(typeof results)[K], ResultOf<FileCommands[K]>> }),
  ...(heads satisfies { readonly [K in keyof FileStreams]: Fits<(typeof heads)[K], HeadOf<FileStreams[K]>> }),
};
const compiled = new Map<string, Validator>();

/** @throws StoaError unavailable for an answer that no agent of ours gives */
export function checkAnswer(name: string, answer: unknown): unknown {
  const form = forms[name];
  if (form === undefined) return answer;
  let validator = compiled.get(name);
  if (validator === undefined) {
    validator = Compile(form);
    compiled.set(name, validator);
  }
  if (validator.Check(answer)) return answer;
  const [first] = validator.Errors(answer);
  const cause = new BrokenProtocol(
    `${name} answered what is none: ${first?.instancePath ?? ""} ${first?.message ?? ""}`,
  );
  throw new StoaError("unavailable", { details: { what: "What works on this person's files" }, cause });
}
