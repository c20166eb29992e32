import { readdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostBytesOf } from "./copy-share.ts";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

let server: SharingServer;
let ann: SharingPerson;
beforeAll(async () => {
  server = await createSharingServer({ env: { STOA_SHARE_LIMIT: "4000" } });
  ann = await server.person("ann");
});
afterAll(() => server?.close());

const offer = (id: number, to: SharingPerson) =>
  ann.call("POST", `/api/stoa/v1/workspaces/${id}/shares`, { account_ids: [to.id] });
const stateOf = async (share: number) => (await ann.call("GET", `/api/stoa/v1/shares/${share}`)).body;
const staged = (who: SharingPerson) => readdir(who.onDisk(0, "..", ".staging")).catch(() => []);

async function measured(bytes: number): Promise<number> {
  const id = await ann.workspace({ "a.txt": "x".repeat(bytes) });
  await server.sql("update workspaces set disk_space = $1 where id = $2", [bytes, id]);
  return id;
}

/** With a file of which no scan knows. */
async function unmeasured(bytes: number): Promise<number> {
  const id = await ann.workspace();
  const scanned = () => server.sql("select 1 from workspaces where id = $1 and scan_done = scan_wanted", [id]);
  await expect.poll(scanned, { timeout: 10_000 }).toHaveLength(1);
  await writeFile(ann.onDisk(id, "big"), Buffer.alloc(bytes));
  return id;
}

describe("what one person's shares hold at a receiver who has not answered", () => {
  it("is refused where the workspace alone is known to be more", async () => {
    const bob = await server.person("bob");
    expect(await offer(await measured(4001), bob)).toMatchObject({
      status: 413,
      body: { code: "too_large", details: { limit: 4000, reason: "share_too_large" } },
    });
    const contract = { original_workspace_id: await measured(4001), shared_user_ids: [bob.id] };
    expect(await ann.call("POST", "/shared_workspaces/", contract)).toMatchObject({
      status: 413,
      body: { success: false, message: expect.stringContaining("4000 bytes") },
    });
    expect((await offer(await measured(4000), bob)).status).toBe(202);
  });

  it("is refused where all that waits would be more together, until they answer", async () => {
    const cat = await server.person("cat");
    const first = await ann.share(await measured(3000), cat);
    await server.settled();
    expect(await offer(await measured(1001), cat)).toMatchObject({
      status: 409,
      body: { details: { reason: "shares_unanswered" } },
    });
    expect((await cat.call("PUT", `/shared_workspaces/${first}/accept/`)).status).toBe(200);
    expect((await offer(await measured(1001), cat)).status).toBe(202);
  });

  it("is counted as it arrives, whatever was known before", async () => {
    const dan = await server.person("dan");
    const share = await ann.share(await unmeasured(4001), dan);
    await server.settled();
    expect(await stateOf(share)).toMatchObject({ state: "failed", failure: expect.stringContaining("4000 bytes") });
    expect(await staged(dan)).toEqual([]);

    const first = await ann.share(await unmeasured(2500), dan);
    await server.settled();
    expect(await stateOf(first)).toMatchObject({ state: "pending" });
    const second = await ann.share(await unmeasured(1501), dan);
    await server.settled();
    expect(await stateOf(second)).toMatchObject({ state: "failed", failure: expect.stringContaining("not answered") });
    expect(await staged(dan)).toEqual([]);
    const third = await ann.share(await unmeasured(1500), dan);
    await server.settled();
    expect(await stateOf(third)).toMatchObject({ state: "pending" });
  });

  it("waits in a bounded number, also when many are offered at once", async () => {
    const eve = await server.person("eve");
    const id = await ann.workspace();
    const answers = await Promise.all(Array.from({ length: 26 }, () => offer(id, eve)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(answers.find(({ status }) => status !== 202)).toMatchObject({
      status: 409,
      body: { details: { reason: "shares_unanswered" } },
    });
  });
});

it.each([
  [
    "what was measured, and a margin",
    { room: 2 ** 40, measured: { bytes: 2 ** 30, complete: true } },
    1.1 * 2 ** 30 + 2 ** 26,
  ],
  ["the room, where it is less", { room: 5, measured: { bytes: 2 ** 30, complete: true } }, 5],
  ["the room, where measuring came to no end", { room: 2 ** 40, measured: { bytes: 7, complete: false } }, 2 ** 40],
  ["nothing, where others wait already", { room: -5, measured: { bytes: 7, complete: true } }, 0],
])("takes %s", (_what, { room, measured }, most) => {
  expect(mostBytesOf(room, measured)).toBe(Math.floor(most));
});
