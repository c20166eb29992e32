import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Room } from "../../storage/storage.ts";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

const KIB = 1024;
/** Nothing is copied before `server.start()`. */
let server: SharingServer;
let ann: SharingPerson;
let bob: SharingPerson;
let left = 0;

beforeEach(async () => {
  server = await createSharingServer({ held: true });
  ann = await server.person("ann");
  bob = await server.person("bob");
  const room = (): Room => ({
    used: 7_000,
    allowed: 7_000 + left,
    level: "near",
    setBy: "boss",
    asOf: new Date(),
    enforced: true,
    diskFree: null,
  });
  Object.assign(server.stoa.storage, { roomInside: async (id: number) => (id === bob.id ? room() : null) });
});
afterEach(() => server?.close());

it("a copy for which its receiver has no room is not begun, and its sender reads no figures of theirs", async () => {
  left = KIB;
  const share = await ann.share(await ann.workspace({ "a.txt": "x".repeat(4 * KIB) }), bob);
  await server.start();
  await server.settled();
  const { body } = await ann.call("GET", `/api/stoa/v1/shares/${share}`);
  expect(body.state).toBe("failed");
  const told = JSON.stringify([body, (await ann.call("GET", "/api/stoa/v1/notices")).body]);
  expect(told).toContain("storage has no room for it");
  expect(told).not.toMatch(/7000|6\.8 KiB|boss/);
  expect(await readdir(bob.onDisk(0, "..", ".staging")).catch(() => [])).toEqual([]);
});

it("what is still on its way can't be accepted where it doesn't fit, and can where it does", async () => {
  left = KIB;
  const share = await ann.share(await ann.workspace({ "a.txt": "x".repeat(4 * KIB) }), bob);
  const accept = () => bob.call("PUT", `/shared_workspaces/${share}/accept/`);
  const refused = await accept();
  expect([refused.status, refused.body.message]).toEqual([507, expect.stringContaining("set by boss")]);
  expect((await bob.call("POST", `/api/stoa/v1/shares/${share}/accept`)).status).toBe(507);
  left = 10 * KIB;
  expect((await accept()).status).toBe(200);
});
