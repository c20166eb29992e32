import { describe, expect, test } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { checkRequest } from "./check-request.ts";

const USER = { kind: "user", name: "ada" };
const GROUP = { kind: "group", name: "lab" };
const TRASH = { kind: "trash", name: "ada-1" };
const OWNER = { uid: 1000, gid: 1000 };
const MAKE = { do: "make", places: [USER], owner: OWNER, mode: 0o2770 };
const LINE = { id: 7, bytes: 5 };

const mayOwn = ({ uid, gid }: { uid: number; gid: number }) => uid >= 1000 && gid >= 1000;
const check = (given: unknown) => checkRequest(given, mayOwn);

test.each([
  { do: "stat", places: [USER, GROUP, TRASH, { kind: "base" }, { kind: "groups" }, { kind: "trashes" }] },
  { do: "stat", places: [{ kind: "user", name: "josé" }] },
  { do: "list", place: { kind: "base" } },
  { do: "file-system" },
  MAKE,
  { do: "make", places: [{ kind: "groups" }, { kind: "trashes" }], owner: "root", mode: 0o711 },
  { do: "move", from: USER, to: TRASH },
  { do: "remove", place: TRASH },
  { do: "measure", places: Array.from({ length: 20_000 }, (_, n) => ({ kind: "user", name: `u${n}` })) },
  { do: "measure-base" },
  { do: "quota-state" },
  { do: "set-quotas", by: "project", lines: [LINE, { id: 8, bytes: null }] },
  { do: "set-quotas", by: "user", lines: [{ id: 1000, bytes: 0 }] },
  { do: "report-quotas", by: "user" },
  { do: "set-project", place: GROUP, project: 4_294_967_294, all: true },
  { do: "list-projects", place: USER },
  { do: "zfs-version" },
  { do: "zfs-get", properties: ["quota", "used"], places: [{ kind: "base" }], recursive: true },
  { do: "zfs-create", place: USER, quota: null },
  { do: "zfs-create", place: { kind: "groups" }, quota: 1024 },
  { do: "zfs-set", place: USER, property: "quota", value: "1024" },
  { do: "zfs-set", place: USER, property: "refquota", value: "none" },
  { do: "zfs-set", place: USER, property: "canmount", value: "noauto" },
  { do: "zfs-mount", place: USER },
  { do: "zfs-unmount", place: TRASH },
  { do: "zfs-rename", from: TRASH, to: USER },
  { do: "zfs-destroy", place: TRASH },
  { do: "zfs-snapshot", place: USER, snapshot: "stoa-daily:2026-11-22" },
  { do: "zfs-snapshots", place: { kind: "base" }, recursive: false },
  { do: "zfs-destroy-snapshot", place: USER, snapshot: "x" },
  { do: "zpool-status" },
])("$do is taken as it is", (request) => {
  expect(check(request)).toEqual(request);
});

test("nothing that isn't named goes through, and a name comes in NFC", () => {
  const given = { do: "zfs-mount", place: { kind: "user", name: "jose\u0301", path: "/etc" }, base: "/", shell: true };
  expect(check(given)).toEqual({ do: "zfs-mount", place: { kind: "user", name: "josé" } });
});

describe("what would let somebody put links where root works", () => {
  test.each([
    { ...MAKE, places: [{ kind: "base" }], owner: OWNER, mode: 0o700 },
    { ...MAKE, places: [{ kind: "base" }], owner: "root", mode: 0o755 },
    { ...MAKE, places: [{ kind: "groups" }], owner: OWNER, mode: 0o755 },
    { ...MAKE, places: [USER, { kind: "trashes" }], owner: OWNER, mode: 0o700 },
    { ...MAKE, mode: 0o777 },
    { ...MAKE, places: [{ kind: "groups" }], owner: "root", mode: 0o775 },
    { ...MAKE, places: [{ kind: "trashes" }], owner: "root", mode: 0o757 },
  ])("is refused: %j", (given) => {
    expect(() => check(given)).toThrow(StoaError);
  });
});

describe("refused", () => {
  const at = (place: unknown) => ({ do: "zfs-mount", place });
  test.each<[string, unknown]>([
    ["nothing", null],
    ["a text", "stat"],
    ["a list", [{ do: "file-system" }]],
    ["no do", {}],
    ["an unknown do", { do: "shell" }],
    ["a do of every object", { do: "constructor" }],
    ["a do that is no text", { do: ["file-system"] }],
    ["no places", { do: "stat", places: [] }],
    ["places that are no list", { do: "stat", places: { 0: USER, length: 1 } }],
    ["a huge list", { do: "stat", places: Array.from({ length: 20_001 }, () => USER) }],
    ["an unknown kind", at({ kind: "root", name: "ada" })],
    ["a way up", at({ kind: "user", name: ".." })],
    ["a way up in a group", at({ kind: "group", name: "../ada" })],
    ["a slash", at({ kind: "user", name: "ada/x" })],
    ["the trash's folder", at({ kind: "user", name: ".stoa-trash" })],
    ["the groups' folder", at({ kind: "user", name: "groups" })],
    ["an empty name", at({ kind: "user", name: "" })],
    ["a snapshot in a name", at({ kind: "user", name: "ada@x" })],
    ["a NUL", at({ kind: "user", name: "ada\0" })],
    ["a line feed", at({ kind: "user", name: "ada\n" })],
    ["a long name", at({ kind: "user", name: "a".repeat(10_000_000) })],
    ["a name that is no text", at({ kind: "user", name: ["ada"] })],
    ["a trash name with a dot", at({ kind: "trash", name: ".." })],
    ["a trash name with a line feed", at({ kind: "trash", name: "a\n" })],
    ["no name where one is needed", at({ kind: "base" })],
    ["removing a person's directory", { do: "remove", place: USER }],
    ["destroying a person's dataset", { do: "zfs-destroy", place: USER }],
    ["root as uid", { ...MAKE, owner: { uid: 0, gid: 1000 } }],
    ["root as gid", { ...MAKE, owner: { uid: 1000, gid: 0 } }],
    ["root for a person's directory", { ...MAKE, owner: "root" }],
    ["root for the base", { ...MAKE, places: [{ kind: "base" }], owner: "root" }],
    ["an owner who may not", { ...MAKE, owner: { uid: 999, gid: 1000 } }],
    ["an owner in words", { ...MAKE, owner: "ada" }],
    ["a uid that wraps around", { ...MAKE, owner: { uid: 2 ** 32, gid: 1000 } }],
    ["a uid in words", { ...MAKE, owner: { uid: "1000", gid: 1000 } }],
    ["setuid", { ...MAKE, mode: 0o4770 }],
    ["a mode beyond modes", { ...MAKE, mode: 0o10_000 }],
    ["a negative mode", { ...MAKE, mode: -1 }],
    ["a fraction", { ...MAKE, mode: 1.5 }],
    ["quotas by group", { do: "set-quotas", by: "group", lines: [LINE] }],
    ["a quota of root", { do: "set-quotas", by: "user", lines: [{ id: 0, bytes: 1 }] }],
    ["a quota of somebody else", { do: "set-quotas", by: "user", lines: [{ id: 33, bytes: 1 }] }],
    ["project 0", { do: "set-project", place: USER, project: 0, all: false }],
    ["a project beyond 32 bits", { do: "set-project", place: USER, project: 2 ** 32 - 1, all: false }],
    ["bytes below 0", { do: "set-quotas", by: "project", lines: [{ id: 7, bytes: -1 }] }],
    ["bytes above 2^53", { do: "set-quotas", by: "project", lines: [{ id: 7, bytes: 2 ** 53 }] }],
    ["bytes in words", { do: "set-quotas", by: "project", lines: [{ id: 7, bytes: "5" }] }],
    ["bytes left out", { do: "set-quotas", by: "project", lines: [{ id: 7 }] }],
    ["another property", { do: "zfs-get", properties: ["quota,keylocation"], places: [USER], recursive: false }],
    ["setting another property", { do: "zfs-set", place: USER, property: "mountpoint", value: "/etc" }],
    ["a mount point's word", { do: "zfs-set", place: USER, property: "canmount", value: "/etc" }],
    ["a quota with a unit", { do: "zfs-set", place: USER, property: "quota", value: "1G" }],
    ["an option as snapshot", { do: "zfs-snapshot", place: USER, snapshot: "a b" }],
    ["a snapshot elsewhere", { do: "zfs-snapshot", place: USER, snapshot: "x/../y" }],
    ["a snapshot's range", { do: "zfs-destroy-snapshot", place: USER, snapshot: "a%b" }],
  ])("%s", (_what, given) => {
    let refused: unknown = null;
    try {
      check(given);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(StoaError);
    expect(refused).toMatchObject({ code: "invalid" });
    expect((refused as StoaError).message.length).toBeLessThan(300);
  });
});
