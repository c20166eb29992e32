import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Room } from "../../storage/storage.ts";
import { createWorkspacesServer, multipart, type WorkspacesServer } from "../testing-workspaces.ts";
import { makeZip } from "../transfers/testing-archives.ts";

const KIB = 1024;
let server: WorkspacesServer;
let rooms: Map<number, Room>;
const recounted: number[] = [];

const room = (left: number, changes: Partial<Room> = {}): Room => ({
  used: 100 * KIB,
  allowed: 100 * KIB + left,
  level: "ok",
  setBy: "boss",
  asOf: new Date(),
  enforced: false,
  diskFree: null,
  ...changes,
});

beforeAll(async () => {
  server = await createWorkspacesServer({
    room: {
      of: async (id) => rooms.get(id) ?? null,
      recount: (id) => void recounted.push(id),
      address: () => "https://stoa.example/portal",
    },
  });
});
beforeEach(() => {
  rooms = new Map();
  recounted.length = 0;
});
afterAll(() => server.close());

const has = (left: number, changes?: Partial<Room>) => void rooms.set(server.ids.ann, room(left, changes));
const files = (id: number) => `/api/stoa/v1/workspaces/${id}/files`;
const text = "x".repeat(3 * KIB);
const begin = (id: number, length: number) =>
  server.call("POST", `/api/stoa/v1/workspaces/${id}/uploads`, undefined, {
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": String(length),
      "upload-metadata": `path ${Buffer.from(`f${Math.random()}`).toString("base64")}`,
    },
  });

describe("what can't fit", () => {
  it("is refused before its first byte, with the figures, in each dialect", async () => {
    const id = await server.create({ "a.txt": "a" });
    has(2 * KIB);
    const form = multipart([{ name: "b.txt", content: text }]);
    const body = { name: "New", description: "", workspace_details: { files: [{ name: "c", content: text }] } };
    const answers = {
      tus: await begin(id, 3 * KIB),
      content: await server.call("PUT", `${files(id)}/content?path=b.txt`, undefined, {
        raw: text,
        headers: { "content-type": "text/plain", "content-length": String(text.length) },
      }),
      edit: await server.call("PUT", `${files(id)}/text?path=new.txt`, undefined, {
        raw: text,
        headers: { "content-type": "text/plain", "if-none-match": "*" },
      }),
      create: await server.call("POST", "/workspaces/", body),
      update: await server.call("PUT", `/workspaces/${id}/`, {
        workspace_details: { files: [{ name: "d", content: text }] },
      }),
      upload: await server.call("PUT", `/workspaces/${id}/upload`, undefined, {
        ...form,
        headers: { ...form.headers, "content-length": String(form.raw.length) },
      }),
    };
    for (const [name, { status, body: told }] of Object.entries(answers)) {
      expect(status, name).toBe(507);
      expect(told.detail ?? told.message, name).toMatch(
        /of 102 KiB \(set by boss\), 100 KiB are used, as counted at .* Free space at https:\/\/stoa\.example\/portal\/storage/,
      );
    }
    expect(answers.tus.body.details).toMatchObject({ reason: "storage_quota", used: 100 * KIB, needed: 3 * KIB });
    expect((await server.call("GET", files(id))).body.items).toHaveLength(1);
  });

  it("is told in Persian", async () => {
    const id = await server.create({});
    has(0);
    const { body } = await server.call("PUT", `${files(id)}/text?path=n`, undefined, {
      raw: text,
      headers: { "content-type": "text/plain", "if-none-match": "*", "accept-language": "fa" },
    });
    expect(body.detail).toMatch(/۱۰۰ کیبی‌بایت/);
  });

  it("is added up while nobody has counted: what was let in a moment ago takes room, too", async () => {
    const id = await server.create({});
    has(5 * KIB);
    expect((await begin(id, 3 * KIB)).status).toBe(201);
    const second = await begin(id, 3 * KIB);
    expect(second.status).toBe(507);
    expect(second.body.detail).toContain("3 KiB were written since or are on their way");
    expect(recounted).toContain(server.ids.ann);
    has(5 * KIB, { asOf: new Date(Date.now() + 1) });
    expect((await begin(id, 3 * KIB)).status).toBe(201);
  });

  it("is let in where nothing is known, nothing was counted, or the figure is too old, which is counted anew", async () => {
    const id = await server.create({});
    expect((await begin(id, 3 * KIB)).status).toBe(201);
    has(0, { asOf: null });
    expect((await begin(id, 3 * KIB)).status).toBe(201);
    expect(recounted).toEqual([]);
    has(0, { asOf: new Date(Date.now() - 7 * 3_600_000) });
    expect((await begin(id, 3 * KIB)).status).toBe(201);
    expect(recounted).toEqual([server.ids.ann]);
  });
});

describe("in the background", () => {
  it("no more is copied than there is room for, and the operation ends at once", async () => {
    const id = await server.create({ "data/a.txt": text });
    has(2 * KIB);
    const way = { path: "data", to: "copy" };
    expect((await server.call("POST", `${files(id)}/copy`, way)).status).toBe(202);
    await expect(server.operations.runAll()).rejects.toMatchObject({
      code: "conflict",
      details: { reason: "storage_quota" },
    });
    has(0);
    expect((await server.call("POST", `${files(id)}/copy`, way)).status).toBe(507);
    has(10 * KIB);
    expect((await server.call("POST", `${files(id)}/copy`, way)).status).toBe(202);
    await server.operations.runAll();
  });

  it("no more comes out of an archive than there is room for", async () => {
    const id = await server.create({});
    const raw = makeZip([{ name: "big.txt", content: "y".repeat(20 * KIB) }]);
    await server.call("PUT", `${files(id)}/content?path=a.zip`, undefined, {
      raw,
      headers: { "content-type": "application/zip" },
    });
    has(10 * KIB);
    expect((await server.call("POST", `${files(id)}/unpack`, { path: "a.zip" })).status).toBe(202);
    await expect(server.operations.runAll()).rejects.toMatchObject({
      code: "conflict",
      details: { reason: "storage_quota" },
    });
    has(0);
    expect((await server.call("POST", `${files(id)}/unpack`, { path: "a.zip" })).status).toBe(507);
    has(30 * KIB);
    expect((await server.call("POST", `${files(id)}/unpack`, { path: "a.zip" })).status).toBe(202);
    expect(await server.operations.runAll()).toMatchObject([{ files: 1 }]);
  });
});
