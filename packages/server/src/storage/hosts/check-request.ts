import { StoaError } from "../../platform/errors/stoa-error.ts";
import { nameOf, userNameOf } from "../names.ts";
import type { MayOwn } from "./command.ts";
import type { NamedPlace, Owner, Place, QuotaLine, StorageRequest } from "./contract.ts";

/** Of one request; more would not fit into one command. */
const MOST = 20_000;
const LONGEST_NAME = 400;
/** Of the kernel: 32 bits, and the last means "none". */
const LAST_NUMBER = 2 ** 32 - 2;
const TRASH_NAME = /^[A-Za-z0-9_-]{1,200}$/;
const SNAPSHOT = /^[A-Za-z0-9_:-]{1,100}$/;
const SET_USER_ID = 0o4000;

/** What may be asked of a dataset; whoever asks for more has to add it here. */
const PROPERTIES: ReadonlySet<unknown> = new Set(
  (
    "available canmount creation guid logicalused mounted mountpoint quota readonly referenced refquota " +
    "refreservation reservation snapdir type used usedbychildren usedbydataset usedbysnapshots version"
  ).split(" "),
);

type Fields = Readonly<Record<string, unknown>>;
type Kind = StorageRequest["do"];
/** Not `Extract`: some requests share a line of the contract. */
type RequestOf<D, R = StorageRequest> = R extends { do: infer K } ? (D extends K ? R : never) : never;
type Reader<D> = (given: Fields, mayOwn: MayOwn) => Omit<RequestOf<D>, "do">;

const NOTHING = () => ({});

/** A line for each request there is: the compiler sees to it. */
const READERS: { readonly [D in Kind]: Reader<D> } = {
  stat: ({ places }) => ({ places: listOf(places, "places", place) }),
  list: (given) => ({ place: place(given.place) }),
  who: NOTHING,
  "file-system": NOTHING,
  make: ({ places, owner, mode }, mayOwn) => {
    const read = listOf(places, "places", place);
    return { places: read, owner: ownerOf(owner, read, mayOwn), mode: modeOf(mode, owner === "root") };
  },
  create: ({ places }) => ({ places: listOf(places, "places", place) }),
  move: fromTo,
  remove: (given) => ({ place: trash(given.place) }),
  measure: ({ places }) => ({ places: listOf(places, "places", namedPlace) }),
  "measure-base": NOTHING,
  "quota-state": NOTHING,
  "set-quotas": ({ by, lines }, mayOwn) => {
    const kind = oneOf(by, "by", ["project", "user"]);
    return { by: kind, lines: listOf(lines, "lines", (line) => quotaLine(line, kind, mayOwn)) };
  },
  "report-quotas": ({ by }) => ({ by: oneOf(by, "by", ["project", "user"]) }),
  "set-project": (given) => ({
    place: namedPlace(given.place),
    project: number(given.project, "project", 1, LAST_NUMBER),
    all: oneOf(given.all, "all", [true, false]),
  }),
  attributes: ({ places }) => ({ places: listOf(places, "places", place) }),
  "list-projects": (given) => ({ place: namedPlace(given.place) }),
  "zfs-version": NOTHING,
  "zfs-get": (given) => ({
    properties: listOf(given.properties, "properties", property),
    places: listOf(given.places, "places", place),
    recursive: oneOf(given.recursive, "recursive", [true, false]),
  }),
  "zfs-create": ({ place: given, quota }) => ({ place: place(given), quota: quota === null ? null : bytes(quota) }),
  "zfs-set": (given) => {
    const name = oneOf(given.property, "property", ["quota", "refquota", "canmount"]);
    return { place: place(given.place), property: name, value: propertyValue(name, given.value) };
  },
  "zfs-mount": (given) => ({ place: namedPlace(given.place) }),
  "zfs-unmount": (given) => ({ place: namedPlace(given.place) }),
  "zfs-rename": fromTo,
  "zfs-destroy": (given) => ({ place: trash(given.place) }),
  "zfs-snapshot": placeAndSnapshot,
  "zfs-snapshots": (given) => ({
    place: place(given.place),
    recursive: oneOf(given.recursive, "recursive", [true, false]),
  }),
  "zfs-destroy-snapshot": placeAndSnapshot,
  "zpool-status": NOTHING,
};

/**
 * The request in what was given, taken apart as from a hostile asker: nothing is passed on that isn't named here.
 * @throws StoaError invalid
 */
export function checkRequest(given: unknown, mayOwn: MayOwn): StorageRequest {
  const fields = fieldsOf(given, "the request");
  const kind = fields.do;
  if (typeof kind !== "string" || !Object.hasOwn(READERS, kind)) throw fault("do");
  const read = READERS[kind as Kind] as Reader<Kind>;
  return { do: kind, ...read(fields, mayOwn) } as StorageRequest;
}

function place(given: unknown): Place {
  const { kind, name } = fieldsOf(given, "place");
  switch (kind) {
    case "base":
    case "groups":
    case "trashes":
      return { kind };
    case "user":
      return { kind, name: userNameOf(nameText(name)) };
    case "group":
      return { kind, name: nameOf(nameText(name)) };
    case "trash":
      if (typeof name !== "string" || !TRASH_NAME.test(name)) throw fault("name");
      return { kind, name };
    default:
      throw fault("kind");
  }
}

function namedPlace(given: unknown): NamedPlace {
  const read = place(given);
  if (!("name" in read)) throw fault("kind");
  return read;
}

function trash(given: unknown): Extract<Place, { kind: "trash" }> {
  const read = place(given);
  if (read.kind !== "trash") throw fault("kind");
  return read;
}

function fromTo({ from, to }: Fields): { readonly from: NamedPlace; readonly to: NamedPlace } {
  return { from: namedPlace(from), to: namedPlace(to) };
}

function placeAndSnapshot(given: Fields): { readonly place: NamedPlace; readonly snapshot: string } {
  const { snapshot } = given;
  if (typeof snapshot !== "string" || !SNAPSHOT.test(snapshot)) throw fault("snapshot");
  return { place: namedPlace(given.place), snapshot };
}

/** "root" owns the folders that hold others' alone; whoever is named is never root. */
function ownerOf(given: unknown, places: readonly Place[], mayOwn: MayOwn): Owner | "root" {
  if (given === "root") {
    if (places.every(({ kind }) => kind === "groups" || kind === "trashes")) return given;
    throw fault("owner");
  }
  const { uid, gid } = fieldsOf(given, "owner");
  const owner = { uid: number(uid, "uid", 1, LAST_NUMBER), gid: number(gid, "gid", 1, LAST_NUMBER) };
  // Whoever may write into a folder that holds others' could put a link there, and root would follow it.
  if (!mayOwn(owner) || !places.every((one) => "name" in one)) throw fault("owner");
  return owner;
}

/** Nobody's folder is everybody's to write into; those that hold others' are root's alone. */
function modeOf(given: unknown, isRoots: boolean): number {
  const mode = number(given, "mode", 0, 0o7777);
  if ((mode & (SET_USER_ID | (isRoots ? 0o022 : 0o002))) !== 0) throw fault("mode");
  return mode;
}

/** Whose quota is set has to be somebody who may own something here, with the group that goes by their number. */
function quotaLine(given: unknown, by: "project" | "user", mayOwn: MayOwn): QuotaLine {
  const fields = fieldsOf(given, "lines");
  const id = number(fields.id, "id", 1, LAST_NUMBER);
  if (by === "user" && !mayOwn({ uid: id, gid: id })) throw fault("id");
  return { id, bytes: fields.bytes === null ? null : bytes(fields.bytes) };
}

function property(given: unknown): string {
  if (!PROPERTIES.has(given)) throw fault("properties");
  return given as string;
}

function propertyValue(name: "quota" | "refquota" | "canmount", given: unknown): string {
  if (name === "canmount") return oneOf(given, "value", ["on", "off", "noauto"]);
  if (given === "none") return given;
  if (typeof given !== "string" || !/^\d{1,16}$/.test(given)) throw fault("value");
  return String(bytes(Number(given)));
}

function nameText(given: unknown): string {
  if (typeof given !== "string" || given.length > LONGEST_NAME) throw fault("name");
  return given;
}

function bytes(given: unknown): number {
  return number(given, "bytes", 0, Number.MAX_SAFE_INTEGER);
}

function number(given: unknown, what: string, least: number, most: number): number {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= least && given <= most) return given;
  throw fault(what);
}

function oneOf<const T>(given: unknown, what: string, known: readonly T[]): T {
  if (!(known as readonly unknown[]).includes(given)) throw fault(what);
  return given as T;
}

/** None is refused too: a command without its paths would work on something else. */
function listOf<T>(given: unknown, what: string, read: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST) throw fault(what);
  return given.map((item: unknown) => read(item));
}

function fieldsOf(given: unknown, what: string): Fields {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw fault(what);
  return given as Fields;
}

function fault(what: string): StoaError {
  return new StoaError("invalid", { message: `A storage host takes no request with this in "${what}"` });
}
