import { expect, it } from "vitest";
import { loadConfig } from "../../../../config/load.ts";
import { enclosureFor } from "./enclosure-for.ts";
import { enclosedPlaces } from "./find-means.ts";
import { type Circumstances, chooseMeans } from "./local-means.ts";
import type { Machine } from "./machine.ts";

const PASTA = { by: "pasta", program: "/usr/bin/pasta" } as const;
const everything: Machine = { bubblewrap: { ok: "/usr/bin/bwrap" }, bounds: true, wayOut: { ok: PASTA } };
const noWayOut: Machine = { ...everything, wayOut: { why: "pasta may not use /dev/net/tun as this account" } };
const nothing: Machine = { bubblewrap: { why: "bubblewrap is not installed" }, bounds: false, wayOut: { why: "no" } };

const choose = (env: Record<string, string>, changes: Partial<Circumstances> = {}) =>
  chooseMeans(loadConfig(env, "/nonexistent"), { accounts: false, isRoot: false, machine: everything, ...changes });

it.each([
  [{}, {}, "sandbox", true, "all"],
  [{}, { machine: nothing }, "none", false, null],
  [{}, { accounts: true }, "account-and-sandbox", true, "all"],
  [{}, { accounts: true, machine: nothing }, "account", true, null],
  [{ STOA_LOCAL_ISOLATION: "account" }, { accounts: true }, "account", true, "ports"],
  [{ STOA_LOCAL_ISOLATION: "sandbox" }, { accounts: true }, "account-and-sandbox", true, "all"],
  [{ STOA_LOCAL_ISOLATION: "none" }, {}, "none", false, "ports"],
  // Root's number in an enclosure still opens what is root's.
  [{}, { isRoot: true }, "none", false, "ports"],
] as const)("with %j and %j keeps sessions apart by %s", (env, changes, isolation, keptApart, encloses) => {
  expect(choose(env, changes)).toMatchObject({ isolation, keptApart, encloses });
});

it("refuses to start when an enclosure was asked for and is not to be had, with the reason", () => {
  const asked = { STOA_LOCAL_ISOLATION: "sandbox" };
  expect(() => choose(asked, { machine: nothing })).toThrow(/sandbox asks .* bubblewrap is not installed/);
  expect(() => choose(asked, { isRoot: true })).toThrow(/runs as root/);
});

it("gives ports a network of their own always, and everything one where it leads out", () => {
  expect(choose({}).network).toEqual({ sockets: PASTA, ports: PASTA });
  expect(choose({}, { machine: noWayOut }).network).toEqual({ sockets: "shared", ports: "closed" });
  expect(choose({ STOA_SESSION_NETWORK: "shared" }).network).toEqual({ sockets: "shared", ports: PASTA });
  expect(choose({ STOA_SESSION_NETWORK: "own" }, { machine: noWayOut }).network).toEqual({
    sockets: "closed",
    ports: "closed",
  });
});

it("says why ports can't be kept, and encloses those alone that have one where nothing else asks for it", () => {
  expect(choose({}, { machine: nothing }).noPorts).toBe("bubblewrap is not installed");
  const alone = choose({ STOA_LOCAL_ISOLATION: "account" }, { accounts: true });
  const places = { writable: [], hidden: [], readable: [] };
  expect(enclosureFor(alone, places, { listens: "socket", writable: [], memoryBytes: 1 })).toBeUndefined();
  expect(enclosureFor(alone, places, { listens: "port", writable: ["/ws"], memoryBytes: 2 ** 30 })).toMatchObject({
    writable: ["/ws"],
    hidden: expect.arrayContaining(["/home", "/root"]),
    temporaryBytes: 2 ** 30,
    network: PASTA,
  });
});

it("hides the data directory and every file that a password may stand in", () => {
  const config = loadConfig({ STOA_DATA_DIR: "/data", STOA_SESSION_HIDDEN: "/srv/private" }, "/nonexistent");
  const { hidden } = enclosedPlaces(config, { STOA_CONFIG: "/etc/stoa.yaml" }, "/opt/stoa");
  expect(hidden).toEqual(expect.arrayContaining(["/data", "/etc/stoa.yaml", "/opt/stoa/.env", "/srv/private"]));
});
