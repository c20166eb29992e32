import { connect, createServer, type Socket } from "node:net";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { Processes } from "../../../platform/processes/contract.ts";
import { timelyFiles } from "../../snapshots/timely-files.ts";
import type { FileWork } from "../contract.ts";
import { createAgentFileWork } from "./agent-file-work.ts";
import { createFrameReader, FRAME, readJson, sendFrame, sendJson } from "./frames.ts";
import type { CallMessage } from "./messages.ts";

type Reply = (socket: Socket, call: number, name: string) => void;
interface Options {
  readonly shortMs?: number;
  readonly most?: number;
}

/** File work by an agent that a person has put in the place of theirs. */
describe("an agent that lies", () => {
  const open: (() => Promise<void>)[] = [];
  /** What the agents were told and what became of them, in order. */
  let seen: readonly string[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function filesWith(reply: Reply, options: Options = {}): Promise<FileWork> {
    const told: string[] = [];
    seen = told;
    const server = createServer((socket) => {
      const read = createFrameReader((type, call, payload) => {
        if (type === FRAME.setup) sendFrame(socket, FRAME.ready, 0);
        if (type === FRAME.call) reply(socket, call, (readJson(payload) as CallMessage).name);
        if (type === FRAME.cancel) told.push("cancelled");
        // It lives, it says.
        sendFrame(socket, FRAME.ping, 0);
      });
      socket.on("data", read).on("error", () => undefined);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const processes = {
      runAgent: async () => ({ pid: 0, socket: connect(port, "127.0.0.1"), end: async () => void told.push("ended") }),
      onGroupsChanged: () => () => undefined,
    } as unknown as Processes;
    const files = createAgentFileWork({
      ...{ processes, dataDir: "/nowhere", stagingMark: "m", symlinkRoots: [], most: 2, ...options },
      log: pino({ level: "silent" }),
    });
    open.push(async () => {
      await files.stop();
      server.close();
    });
    return files;
  }
  const answering = (answer: unknown) => filesWith((socket, call) => sendJson(socket, FRAME.result, call, answer));
  const good = { details: { files: [{ name: "/a" }], symlinks: [] }, bytes: 1, complete: true, skipped: 0 };

  it("is believed when it answers as agents do", async () => {
    const files = await answering(good);
    expect(await files.run(1, "scanWorkspace", { workspace: 1 })).toEqual(good);
  });

  it.each([
    ["no lists", { ...good, details: {} }],
    ["lists of something else", { ...good, details: { files: ["a"], symlinks: [] } }],
    ["more names than are listed", { ...good, details: { files: Array(10_001).fill({ name: "a" }), symlinks: [] } }],
    ["less than nothing", { ...good, bytes: -1 }],
    ["no number", { ...good, bytes: "12" }],
    ["nothing", null],
  ])("gets %s into nobody's pages", async (_what, answer) => {
    const files = await answering(answer);
    const scan = files.run(1, "scanWorkspace", { workspace: 1 });
    await expect(scan).rejects.toMatchObject({ code: "unavailable", status: 503 });
  });

  it("puts nothing of its own into a download's headers", async () => {
    const head = { size: 1, modified_at: new Date(0).toISOString(), answer: "whole", range: null };
    const question = { workspace: 1, parts: ["a"] };
    for (const etag of ['"a"\r\nset-cookie: x=y', 7, '"é"']) {
      const files = await filesWith((socket, call) => sendJson(socket, FRAME.head, call, { ...head, etag }));
      await expect(files.open(1, "downloadFile", question)).rejects.toMatchObject({ code: "unavailable" });
    }
  });

  it("holds nobody's transaction for ever by saying nothing but that it lives, nor a download's beginning", async () => {
    const files = await filesWith(() => undefined, { shortMs: 200 });
    const asked = performance.now();
    const place = { workspace: 1, parts: ["a"] };
    await Promise.all([
      expect(files.run(1, "makeFolder", place)).rejects.toThrow(),
      expect(files.open(2, "downloadFile", place)).rejects.toMatchObject({ code: "unavailable" }),
    ]);
    await expect.poll(() => seen).toEqual(["cancelled", "cancelled", "ended", "ended"]);
    expect(performance.now() - asked).toBeLessThan(15_000);
  });

  const place = { workspace: 1, parts: ["a"], asOf: "s1" };
  /** Answers uploads, and of the rest says nothing but that it lives. */
  const hangsButForUploads: Reply = (socket, call, name) => {
    if (name === "stageFiles") sendJson(socket, FRAME.result, call, []);
  };

  it("holds, with snapshots that hang, no place that others' uploads and downloads wait for", async () => {
    const files = await filesWith(hangsButForUploads, { most: 4 });
    const past = timelyFiles(files, { patience: { answer: 100, progress: 100 } });
    const late = { code: "unavailable", details: { what: "The snapshot" } };
    // With these all three places for long work are taken.
    const copying = expect(past.run(1, "stageCopy", { from: place, name: "copy" })).rejects.toMatchObject(late);
    const opening = [2, 3].map((accountId) => past.open(accountId, "downloadFile", place));
    for (const one of opening) await expect(one).rejects.toMatchObject(late);
    expect(await files.run(4, "stageFiles", { workspace: 1, files: [] } as never)).toEqual([]);
    await copying;
    const each = (what: string) => Array.from({ length: 3 }, () => what);
    await expect.poll(() => seen.toSorted()).toEqual([...each("cancelled"), ...each("ended")]);
  }, 30_000);

  it("ends what hangs when the server stops", async () => {
    const files = await filesWith(hangsButForUploads);
    const copying = files.run(1, "stageCopy", { from: place, name: "copy" });
    const refused = expect(copying).rejects.toMatchObject({ code: "unavailable" });
    await files.stop();
    await refused;
  });
});
