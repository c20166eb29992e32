import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGround, type Ground } from "./routes/ground.ts";

const KIB = 1024;
const own = "/api/stoa/v1/storage/mine";
let ground: Ground;

beforeAll(async () => {
  ground = await createGround({ STORAGE_WORKSPACES: "inside", STORAGE_OWNERSHIP: "account" });
});
afterAll(() => ground.close());

async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 20_000; ; await sleep(100)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > end) throw new Error(`it did not become so: ${JSON.stringify(seen)}`);
  }
}

it("a person whose storage is full is told so, can start nothing, and gets out by themselves", async () => {
  const { owner, admin } = ground;
  const as = (method: string, path: string, body?: unknown, type?: string) =>
    ground.call(owner.jwt, method, path, body, type);
  const made = await as("POST", "/workspaces/", { name: "Thesis", description: "", workspace_details: {} });
  const id = made.json.data.workspace.id as number;
  const at = `/api/stoa/v1/workspaces/${id}/files`;
  const put = (name: string, bytes: number) => as("PUT", `${at}/content?path=${name}`, "x".repeat(bytes), "text/plain");
  expect((await put("large.bin", 300 * KIB)).status).toBe(200);
  expect((await put("thrown.bin", 200 * KIB)).status).toBe(200);

  // Their storage, with a quota below what they have.
  const mine = await as("GET", own);
  const subject =
    mine.json.own?.id ??
    (
      await ground.call(admin.jwt, "POST", "/api/stoa/v1/storage/subjects", {
        kind: "user",
        name: owner.username,
        account_id: owner.id,
      })
    ).json.id;
  await ground.call(admin.jwt, "PUT", `/api/stoa/v1/storage/subjects/${subject}/quota`, { quota: 400 * KIB });
  await as("POST", `${own}/recount`);
  const over = await until(
    async () => (await as("GET", own)).json,
    ({ level }) => level === "over",
  );
  expect(over.own).toMatchObject({ quota: 400 * KIB, quota_set_by: "admin" });

  const refused = await put("more.bin", KIB);
  expect([refused.status, refused.json.detail]).toEqual([507, expect.stringContaining("of 400 KiB (set by admin)")]);
  const start = () => as("POST", "/api/stoa/v1/sessions", { workspace_id: id, job_type: "terminal" });
  const stopped = await start();
  expect([stopped.status, stopped.json.detail]).toEqual([409, expect.stringContaining("Your storage is full")]);
  const told = await as("GET", "/api/stoa/v1/notices");
  expect(told.json.items[0]).toMatchObject({ kind: "storage.full", link: expect.stringContaining("/storage") });

  // The trash is no way out: it counts.
  await as("DELETE", `${at}?path=thrown.bin`);
  const { items } = (await as("GET", `${own}/largest`)).json;
  expect(items.map(({ path, in_trash }: { path: string; in_trash: boolean }) => [path, in_trash])).toEqual([
    ["large.bin", false],
    ["thrown.bin", true],
  ]);
  expect((await as("GET", items[0].download)).text).toHaveLength(300 * KIB);
  const erasing = await as("POST", `${own}/erase`, {
    items: [{ workspace: id, path: "large.bin" }, { trash_entry: items[1].trash_entry }],
  });
  expect(erasing.status).toBe(202);
  for (const operation of erasing.json.operations as string[])
    await ground.stoa.platform.operations.wait(operation, 10_000);
  await until(
    async () => (await as("GET", own)).json,
    ({ level }) => level === "ok",
  );
  expect((await put("more.bin", KIB)).status).toBe(200);
  const started = await start();
  expect(started.status, started.text).toBe(201);
  await as("POST", `/api/stoa/v1/sessions/${started.json.id}/stop`);
}, 60_000);
