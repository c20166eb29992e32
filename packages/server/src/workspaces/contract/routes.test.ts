import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const none = {
  message: "Workspace matching given parameters could not be found.",
  success: true,
  data: { workspaces: [] },
};
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("POST /workspaces/", () => {
  it("makes a workspace with files and answers as the contract says", async () => {
    const files = [
      { name: "readme.md", content: "# سلام" },
      { name: "data/a..b.txt", content: "x" },
      { name: "empty" },
      { name: ".hidden", content: "12345" },
    ];
    const body = { name: "Thesis", description: "d", default_job_type: "terminal", workspace_details: { files } };
    const answer = await server.call("POST", "/workspaces/", body);
    expect(answer.status).toBe(200);
    const { id } = answer.body.data.workspace;
    expect(answer.body).toEqual({
      message: "Successful.",
      success: true,
      data: {
        workspace: {
          id: expect.any(Number),
          name: "Thesis",
          description: "d",
          disk_space: Buffer.byteLength("# سلام") + 1 + 5,
          datetime_created: expect.stringMatching(time),
          datetime_last_modified: expect.stringMatching(time),
          datetime_last_job_launch: null,
          workspace_details: {
            request_workspace_details: { files: files.map(({ name }) => ({ name })), symlinks: [] },
            current_workspace_details: {
              files: [{ name: "/readme.md" }, { name: "/data/a..b.txt" }, { name: "/empty" }],
              symlinks: [],
            },
          },
          status: "idle",
          default_job_type: "terminal",
        },
      },
    });
    expect(await readFile(server.onDisk(id, "readme.md"), "utf8")).toBe("# سلام");
    expect(await readFile(server.onDisk(id, "data", "a..b.txt"), "utf8")).toBe("x");
    expect(await readdir(path.join(server.onDisk(id), "..", ".staging"))).toEqual([]);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.create",
      subject: { kind: "workspace", id: String(id), label: "Thesis" },
      about: [server.ids.ann],
      actor: { accountId: server.ids.ann },
    });
    expect(server.platform.recorded.events.at(-1)).toMatchObject({
      type: "workspace.changed",
      audience: [server.ids.ann],
      data: { change: "created" },
    });
  });

  const base = { name: "n", description: "d" };
  const files = (...list: unknown[]) => ({ ...base, workspace_details: { files: list } });
  const symlinks = (...list: unknown[]) => ({ ...base, workspace_details: { symlinks: list } });
  it.each([
    [{}, "Missing required fields."],
    [[], "Missing required fields."],
    [{ name: "n" }, "Missing required fields."],
    [{ description: "d" }, "Missing required fields."],
    [{ ...base, workspace_details: "x" }, "Workspace details not JSON."],
    [{ ...base, workspace_details: [] }, "Workspace details not JSON."],
    [{ ...base, default_job_type: "abc" }, "abc is not in the list of available job types."],
    [{ ...base, default_job_type: 7 }, "7 is not in the list of available job types."],
    [{ ...base, workspace_details: { symlinks: "" } }, "'symlinks' index must contain a list."],
    [{ ...base, workspace_details: { files: "" } }, "'files' index must contain a list."],
    [files({ name: "../x" }), "File name cannot contain double dots."],
    [files({ name: "a/../x" }), "File name cannot contain double dots."],
    [files({ content: "x" }), "Missing required fields."],
    [files({ name: "x", content: 5 }), "The content of x must be a text."],
    [symlinks({ name: "../x", source_path: "/data" }), "Symlink name cannot contain double dots."],
    [symlinks({ name: "x", source_path: "/data/y" }), "Symlink path not found: /data/y"],
    [symlinks({ name: "x", path: "/etc" }), "Symlink path not found: /etc"],
    [symlinks({ name: "x", dataset_uuid: "abc-1" }), "Symlink path not found: abc-1"],
    [symlinks({ name: "a//b", source_path: "/data" }), "Invalid symlink destination path specified a//b"],
    [{ ...base, name: "x".repeat(65) }, "The name must be a text of 1 to 64 characters."],
    [{ ...base, name: "" }, "The name must be a text of 1 to 64 characters."],
    [{ ...base, name: 5 }, "The name must be a text of 1 to 64 characters."],
    [{ ...base, description: "a\0b" }, "The description must be a text of 0 to 10000 characters."],
  ])("refuses %j", async (body, message) => {
    const answer = await server.call("POST", "/workspaces/", body);
    expect(answer.body).toEqual({ success: false, message });
    expect(answer.status).toBe(400);
  });

  it.each(["a\0b", "x".repeat(256), "a\u0007", "./a", "a/"])("refuses the file name %j", async (name) => {
    const answer = await server.call("POST", "/workspaces/", files({ name }));
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  it("refuses files that are each other's folders, and leaves nothing", async () => {
    const before = await readdir(path.join(server.dataDir, "workspaces", String(server.ids.ann)));
    const answer = await server.call("POST", "/workspaces/", files({ name: "a" }, { name: "a/b" }));
    expect(answer.status).toBe(409);
    expect(await readdir(path.join(server.dataDir, "workspaces", String(server.ids.ann)))).toEqual(before);
    expect(await readdir(path.join(server.dataDir, "workspaces", String(server.ids.ann), ".staging"))).toEqual([]);
  });

  it.each(["{", "", "{'a': 1}"])("says what is wrong with the body %j", async (raw) => {
    const answer = await server.call("POST", "/workspaces/", undefined, {
      raw,
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ success: false, message: expect.stringMatching(/^Invalid JSON: ./) });
  });

  it("reads JSON whatever the content type says", async () => {
    const raw = JSON.stringify({ name: "plain", description: "" });
    const headers = { "content-type": "text/plain" };
    expect((await server.call("POST", "/workspaces/", undefined, { raw, headers })).status).toBe(200);
  });

  it("makes one workspace of a request repeated with the same key", async () => {
    const headers = { "idempotency-key": "once-1" };
    const body = { ...base, name: "once", workspace_details: { files: [{ name: "a", content: "1" }] } };
    const answers = await Promise.all([1, 2, 3].map(() => server.call("POST", "/workspaces/", body, { headers })));
    answers.push(await server.call("POST", "/workspaces", body, { headers }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map((answer) => answer.body.data.workspace.id)).size).toBe(1);
    const other = await server.call("POST", "/workspaces/", { ...body, name: "other" }, { headers });
    expect(other.status).toBe(422);
    const bobs = await server.call("POST", "/workspaces/", body, { headers, as: "bob" });
    expect(bobs.body.data.workspace.id).not.toBe(answers[0]?.body.data.workspace.id);
    const listed = await server.call("GET", "/workspaces/?name=once");
    expect(listed.body.data.workspaces).toHaveLength(1);
    expect(await readdir(path.join(server.dataDir, "workspaces", String(server.ids.ann), ".staging"))).toEqual([]);
  });

  it("asks who it is", async () => {
    const answer = await server.app.inject({
      method: "POST",
      url: "/workspaces/",
      headers: { host: "localhost:8080" },
      payload: base,
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ success: false });
  });
});

describe("GET /workspaces/", () => {
  it("lists the owner's own, filters exactly, and is always 200", async () => {
    const body = { name: "Filter me", description: "only this" };
    const { id } = (await server.call("POST", "/workspaces/", body, { as: "bob" })).body.data.workspace;
    const find = async (query: string) =>
      (await server.call("GET", `/workspaces/${query}`, undefined, { as: "bob" })).body;
    for (const query of [
      "?name=Filter%20me",
      "?description=only%20this&status=idle",
      "?name=x&name=Filter%20me",
      `${id}/`,
    ]) {
      expect((await find(query)).data.workspaces).toMatchObject([{ id, name: "Filter me" }]);
    }
    for (const query of ["?name=filter%20me", "?name=Filter", "?status=active", "?status=nonsense", "?name=a%00b"]) {
      expect(await find(query)).toEqual(none);
    }
    expect((await find(`${id}/?name=ignored`)).data.workspaces).toHaveLength(1);
    expect((await find("?unknown=1")).message).toBe("Successful.");
  });

  it.each(["0", "-1", "abc", "1e3", "9007199254740993", "99999999999999999999", "1.5", "%00"])(
    "answers an empty list for the id %s",
    async (id) => {
      const answer = await server.call("GET", `/workspaces/${id}/`);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(none);
    },
  );

  it("shows nobody else's", async () => {
    const id = await server.create();
    expect((await server.call("GET", `/workspaces/${id}/`, undefined, { as: "bob" })).body).toEqual(none);
    const all = await server.call("GET", "/workspaces/", undefined, { as: "bob" });
    expect(all.body.data.workspaces.map((workspace: { id: number }) => workspace.id)).not.toContain(id);
  });
});

describe("PUT /workspaces/{id}/", () => {
  it("changes what the body names and overwrites files", async () => {
    const id = await server.create({ "a.txt": "old", "b.txt": "b" });
    const files = [
      { name: "a.txt", content: "new" },
      { name: "sub/c.txt", content: "c" },
    ];
    const body = { name: "Renamed", default_job_type: "terminal", workspace_details: { files } };
    const answer = await server.call("PUT", `/workspaces/${id}/`, body);
    expect(answer.body).toEqual({ message: "Update successful.", success: true });
    const [workspace] = (await server.call("GET", `/workspaces/${id}`)).body.data.workspaces;
    expect(workspace).toMatchObject({ name: "Renamed", description: "", default_job_type: "terminal" });
    expect(workspace.workspace_details.current_workspace_details.files).toEqual([
      { name: "/a.txt" },
      { name: "/b.txt" },
      { name: "/sub/c.txt" },
    ]);
    expect(await readFile(server.onDisk(id, "a.txt"), "utf8")).toBe("new");
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({ action: "workspace.update" });
    expect((await server.call("PUT", `/workspaces/${id}/`, { default_job_type: null })).status).toBe(200);
  });

  it.each([
    [{ workspace_details: "" }, "Workspace details not JSON."],
    [{ workspace_details: { files: {} } }, "'files' index must contain a list."],
    [{ workspace_details: { files: [{ name: "x/.." }] } }, "File name cannot contain double dots."],
    [{ default_job_type: "none" }, "none is not in the list of available job types."],
  ])("refuses %j", async (body, message) => {
    const id = await server.create();
    const answer = await server.call("PUT", `/workspaces/${id}/`, body);
    expect(answer).toMatchObject({ status: 400, body: { success: false, message } });
  });

  it("refuses what is no JSON, and no body", async () => {
    const id = await server.create();
    const answer = await server.call("PUT", `/workspaces/${id}/`);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(/^Invalid JSON: /) } });
  });

  it.each(["PUT", "DELETE"] as const)("%s knows only the caller's own workspaces", async (method) => {
    const id = await server.create({}, "bob");
    for (const wrong of [String(id), "abc", "0", "-5", "9007199254740993", "123456789"]) {
      const answer = await server.call(method, `/workspaces/${wrong}/`, method === "PUT" ? { name: "x" } : undefined);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ success: false, message: `Workspace ${wrong} not found for user.` });
    }
    const [still] = (await server.call("GET", `/workspaces/${id}/`, undefined, { as: "bob" })).body.data.workspaces;
    expect(still).toMatchObject({ name: "Thesis", status: "idle" });
  });

  it("refuses other kinds of change", async () => {
    const id = await server.create();
    const answer = await server.call("PUT", `/workspaces/${id}/rename/`, {});
    expect(answer).toMatchObject({ status: 400, body: { success: false, message: "Invalid PUT type passed." } });
    const other = await server.call("PUT", "/workspaces/999999/rename/", {});
    expect(other).toMatchObject({ status: 404, body: { message: "Workspace 999999 not found for user." } });
  });
});
