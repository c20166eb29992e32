import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground } from "../routes/ground.ts";
import { uploadForm, workspace } from "../routes/things.ts";

/** Names of files, by each way that a name can come in and go out. */
let ground: Ground;
beforeAll(async () => {
  ground = await createGround();
}, 30_000);
afterAll(() => ground.close(), 30_000);

type Way = (id: number, name: string) => Promise<{ status: number; text: string }>;
const call = (method: string, path: string, body?: unknown, type?: string) =>
  ground.call(ground.owner.jwt, method, path, body, type);
const files = (id: number) => `/api/stoa/v1/workspaces/${id}/files`;
const inDetails = (name: string) => ({ workspace_details: { files: [{ name, content: "x" }] } });

const ways: Readonly<Record<string, Way>> = {
  "PUT /workspaces/{id}/": (id, name) => call("PUT", `/workspaces/${id}/`, inDetails(name)),
  "PUT /workspaces/{id}/upload/": async (id, name) => {
    const { body, type } = await uploadForm(name);
    return call("PUT", `/workspaces/${id}/upload/`, body, type);
  },
  "PUT …/files/content": (id, name) =>
    call("PUT", `${files(id)}/content?path=${encodeURIComponent(name)}`, "x", "text/plain"),
  "POST …/files/folder": (id, name) => call("POST", `${files(id)}/folder`, { path: name }),
};

const listed = async (id: number): Promise<string[]> =>
  (await call("GET", files(id))).json.items.map((item: { name: string }) => item.name);

describe.each(Object.keys(ways))("%s", (way) => {
  it.each([
    ["one level up", "../up.txt"],
    ["up from within", "a/../../up.txt"],
    ["up alone", ".."],
    ["absolute and up", "/../../etc/passwd"],
    ["NUL", "a\0b.txt"],
    ["300 bytes", "x".repeat(300)],
    ["300 bytes of 100 characters", "\u20ac".repeat(100)],
    ["a name of nothing", "a//b"],
    ["a line break", "a\nb"],
  ])("refuses by each way to write it: %s", async (_what, name) => {
    const { id } = await workspace(ground);
    const answer = await ways[way]?.(id, name);
    // Browsers' forms carry neither NUL nor line breaks: undici writes them as %0A, which is a name like any other.
    const escaped = way.endsWith("/upload/") && name.includes("\n");
    expect(answer?.status, answer?.text).toBe(escaped ? 200 : 400);
    if (!escaped) expect(await listed(id)).toEqual(["a.txt"]);
  });

  it.each([
    ["a right-to-left override", "a\u202etxt.exe"],
    ["Persian with a joiner", "\u0646\u0627\u0645\u0647\u200c\u0647\u0627.txt"],
    ["dots that lead nowhere", "...a..b"],
    ["255 bytes", "y".repeat(255)],
  ])("keeps %s as it is, and shows it again", async (_what, name) => {
    const { id } = await workspace(ground);
    const answer = await ways[way]?.(id, name);
    expect([200, 201], answer?.text).toContain(answer?.status);
    expect((await listed(id)).sort()).toEqual(["a.txt", name].sort());
    if (way.endsWith("folder")) return;
    const back = await call("GET", `${files(id)}/content?path=${encodeURIComponent(name)}`);
    const disposition = back.headers.get("content-disposition") ?? "";
    expect(back.status, back.text).toBe(200);
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? "")).toBe(name);
  });
});
