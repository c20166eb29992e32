import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

/** Nothing is copied before `server.start()`. */
let server: SharingServer;
let ann: SharingPerson;
let bob: SharingPerson;
beforeEach(async () => {
  server = await createSharingServer({ held: true });
  ann = await server.person("ann");
  bob = await server.person("bob");
});
afterEach(() => server?.close());

const run = async () => {
  await server.start();
  await server.settled();
};
const stateFor = async (who: SharingPerson, share: number) =>
  (await who.call("GET", `/api/stoa/v1/shares/${share}`)).body;
const staged = (who: SharingPerson) => readdir(who.onDisk(0, "..", ".staging")).catch(() => []);

it("can be accepted before its files are there, and takes nothing in until then", async () => {
  const share = await ann.share(await ann.workspace({ "a.txt": "A" }), bob);
  expect(await stateFor(bob, share)).toMatchObject({ state: "copying", copy: { files: null, progress: null } });
  expect((await bob.call("PUT", `/shared_workspaces/${share}/accept/`)).status).toBe(200);
  const read = async () => (await bob.call("GET", `/workspaces/${share}/`)).body.data.workspaces[0].status;
  expect(await read()).toBe("initializing");
  for (const [method, url, body] of [
    ["PUT", `/workspaces/${share}/`, { workspace_details: { files: [{ name: "b", content: "b" }] } }],
    ["PUT", `/workspaces/${share}/start/`, { job_type: "terminal" }],
    ["GET", `/api/stoa/v1/workspaces/${share}/files`, undefined],
  ] as const) {
    const answer = await bob.call(method, url, body);
    expect(answer.status, url).toBe(409);
    expect(JSON.stringify(answer.body)).toContain("still being copied");
  }
  await run();
  expect(await read()).toBe("idle");
  expect(await readFile(bob.onDisk(share, "a.txt"), "utf8")).toBe("A");
  expect(await stateFor(ann, share)).toMatchObject({ state: "accepted" });
  expect(await server.mailsTo(bob), "nothing is left to accept").toEqual([]);
  expect(await server.sql("select account_id, kind from notices"), "the sender is told of the answer").toEqual([
    { account_id: ann.id, kind: "share.accepted" },
  ]);
});

it("tells only the sender when the files could not be copied, and can be tried again", async () => {
  const id = await ann.workspace({ "a.txt": "A" });
  const share = await ann.share(id, bob);
  await rename(ann.onDisk(id), ann.onDisk(0, "..", "away"));
  await run();
  const failed = await stateFor(ann, share);
  expect(failed).toMatchObject({ state: "failed", failure: expect.stringMatching(/There is no/) });
  expect((await server.mailsTo(ann)).map(({ subject }) => subject)).toEqual([
    expect.stringContaining("could not be shared"),
  ]);
  expect(await server.mailsTo(bob)).toEqual([]);
  const none = { original_workspaces: [], shared_workspaces: [] };
  expect((await bob.call("GET", "/shared_workspaces/")).body.data).toEqual(none);
  expect((await bob.call("GET", "/api/stoa/v1/shares")).body.items).toEqual([]);
  expect((await stateFor(bob, share)).status).toBe(404);
  expect((await bob.call("PUT", `/shared_workspaces/${share}/accept/`)).status).toBe(404);
  expect((await ann.call("GET", "/shared_workspaces/")).body.data.original_workspaces).toHaveLength(1);
  expect(await staged(bob)).toEqual([]);

  await rename(ann.onDisk(0, "..", "away"), ann.onDisk(id));
  const { operation_id } = failed.copy;
  expect((await bob.call("POST", `/api/stoa/v1/operations/${operation_id}/retry`)).status).toBe(404);
  expect((await ann.call("POST", `/api/stoa/v1/operations/${operation_id}/retry`)).status).toBeLessThan(300);
  await server.settled();
  expect(await stateFor(bob, share)).toMatchObject({ state: "pending", failure: null });
  expect(await server.mailsTo(bob)).toHaveLength(1);
});

it("lets a failed share be cancelled, and keeps no original for it", async () => {
  const id = await ann.workspace();
  const share = await ann.share(id, bob);
  await rm(ann.onDisk(id), { recursive: true });
  await run();
  expect((await ann.call("DELETE", `/workspaces/${id}/`)).status).toBe(200);
  expect((await ann.call("DELETE", `/shared_workspaces/${share}/`)).status).toBe(200);
  await server.settled();
  expect(await stateFor(ann, share)).toMatchObject({ state: "cancelled" });
});

it("says so to a receiver who had accepted what then did not come", async () => {
  const id = await ann.workspace();
  const share = await ann.share(id, bob);
  await bob.call("PUT", `/shared_workspaces/${share}/accept/`);
  await rm(ann.onDisk(id), { recursive: true });
  await run();
  const [workspace] = (await bob.call("GET", `/workspaces/${share}/`)).body.data.workspaces;
  expect(workspace.status).toBe("error");
  expect((await bob.call("DELETE", `/workspaces/${share}/`)).status).toBe(200);
  await server.settled();
  expect((await bob.call("GET", `/workspaces/${share}/`)).body.data.workspaces).toEqual([]);
});

it("forgets a copy that it has cleared away, so that no retry clears what its receiver put there since", async () => {
  const id = await ann.workspace({ "a.txt": "A" });
  const share = await ann.share(id, bob);
  // As left by a server that was killed between noting that the copy is whole and giving it its place.
  await server.sql("update workspace_shares set copied_files = 1, copied_bytes = 1 where id = $1", [share]);
  await rename(ann.onDisk(id), ann.onDisk(0, "..", "away"));
  await run();
  expect(await stateFor(ann, share)).toMatchObject({ state: "failed" });
  const [row] = await server.sql("select copied_files, copied_bytes from workspace_shares where id = $1", [share]);
  expect(row).toEqual({ copied_files: null, copied_bytes: null });
});

it.each(["receiver", "sender"])("gives nothing when the %s is deactivated on the way", async (who) => {
  const share = await ann.share(await ann.workspace({ "a.txt": "A" }), bob);
  const { id } = who === "receiver" ? bob : ann;
  await server.sql("update accounts set status = 'deactivated' where id = $1", [id]);
  await run();
  const [row] = await server.sql("select copy_state, failure from workspace_shares where id = $1", [share]);
  expect(row).toEqual({ copy_state: "failed", failure: `The ${who}'s account has been deactivated.` });
  expect(await server.mailsTo(bob)).toEqual([]);
  await expect(readdir(bob.onDisk(share))).rejects.toThrow("ENOENT");
});

it.each(["cancelled by its sender", "declined by its receiver"])("copies nothing when it was %s", async (how) => {
  const share = await ann.share(await ann.workspace({ "a.txt": "A" }), bob);
  const who = how.includes("sender") ? ann : bob;
  expect((await who.call("DELETE", `/shared_workspaces/${share}/`)).status).toBe(200);
  await run();
  await expect(readdir(bob.onDisk(share))).rejects.toThrow("ENOENT");
  expect(await server.mailsTo(bob)).toEqual([]);
  expect(await server.mailsTo(ann)).toEqual([]);
  expect(await server.sql("select state from operations where kind = 'workspace.share'")).toEqual([
    { state: "cancelled" },
  ]);
});

it("copies nothing that its receiver has accepted and thrown away", async () => {
  const share = await ann.share(await ann.workspace({ "a.txt": "A" }), bob);
  await bob.call("PUT", `/shared_workspaces/${share}/accept/`);
  expect((await bob.call("DELETE", `/workspaces/${share}/`)).status).toBe(200);
  await run();
  await expect(readdir(bob.onDisk(share))).rejects.toThrow("ENOENT");
  expect(await server.sql("select copy_state from workspace_shares where id = $1", [share])).toEqual([
    { copy_state: "copying" },
  ]);
  expect(await server.mailsTo(bob)).toEqual([]);
});

it.runIf(process.getuid?.() === 0)(
  "waits where the receiver's disk is full, leaves nothing there, and comes when there is room",
  async () => {
    const id = await ann.workspace({ "a.txt": "A" });
    await writeFile(ann.onDisk(id, "big"), Buffer.alloc(3 << 20));
    const theirs = bob.onDisk(0, "..");
    await mkdir(theirs, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", theirs]);
    const share = await ann.share(id, bob);
    try {
      await server.start();
      const asked = async () =>
        (await ann.call("GET", "/api/stoa/v1/operations?kind=workspace.share")).body.items.find(
          ({ subject }: { subject: { id: string } }) => subject.id === String(share),
        );
      await expect
        .poll(async () => ((await asked()).state === "queued" ? (await asked()).error?.code : null))
        .toBe("disk_full");
      expect(await staged(bob)).toEqual([]);
      expect(await readdir(theirs)).toEqual([".staging"]);
    } finally {
      execFileSync("umount", ["-l", theirs]);
    }
    await server.settled();
    expect(await stateFor(bob, share)).toMatchObject({ state: "pending" });
    expect((await readdir(bob.onDisk(share))).sort()).toEqual(["a.txt", "big"]);
  },
);

it("tells what could not be given away", async () => {
  const id = await ann.workspace({ "a.txt": "A" });
  await symlink("/etc/passwd", ann.onDisk(id, "outside"));
  await symlink("a.txt", ann.onDisk(id, "inside"));
  const share = await ann.share(id, bob);
  await run();
  for (const who of [ann, bob]) {
    expect((await stateFor(who, share)).copy).toMatchObject({ files: 1, left_out: { links: 1 } });
  }
  expect((await readdir(bob.onDisk(share))).sort()).toEqual(["a.txt", "inside"]);
});

it("takes the place of a whole copy of which a crash left no word, and of nobody else's folder", async () => {
  const id = await ann.workspace({ "a.txt": "A" });
  const share = await ann.share(id, bob);
  await mkdir(bob.onDisk(share), { recursive: true });
  await writeFile(bob.onDisk(share, "from-the-attempt-before"), "");
  await server.sql("update workspace_shares set copied_files = 1, copied_bytes = 1 where id = $1", [share]);
  const other = await ann.share(id, bob);
  await mkdir(bob.onDisk(other));
  await writeFile(bob.onDisk(other, "of-another-database"), "kept");
  await run();
  expect(await readdir(bob.onDisk(share))).toEqual(["a.txt"]);
  expect(await readdir(bob.onDisk(other))).toEqual(["a.txt"]);
  const names = await readdir(path.dirname(bob.onDisk(share)));
  const aside = names.filter((name) => name.startsWith(".unclaimed-"));
  expect(aside).toHaveLength(1);
  expect(await readdir(bob.onDisk(0, "..", aside[0] ?? ""))).toEqual(["of-another-database"]);
  expect(await staged(bob)).toEqual([]);
});
