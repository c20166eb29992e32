import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorkspacesServer, multipart, type WorkspacesServer } from "../testing-workspaces.ts";

const LIMIT = 8 << 20;
const MOST = 30;
let server: WorkspacesServer;
beforeAll(async () => {
  const limits = { workspacesPerPerson: MOST, uploadBytes: LIMIT };
  server = await createWorkspacesServer({ limits, config: { trash: { retentionDays: 0 } } });
});
afterAll(() => server?.close());

const details = async (id: number) =>
  (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0].workspace_details;
const longNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `${`${"n".repeat(240)}/`.repeat(15)}${index}`);
const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

it("lists names up to 256 KiB of a workspace, whichever call made them, and has all files", async () => {
  const id = await server.create();
  const names = longNames(150);
  const uploaded = await server.call("PUT", `/workspaces/${id}/upload/`, undefined, {
    ...multipart(names.map((name) => ({ name, content: "x" }))),
  });
  expect(uploaded.status).toBe(200);
  for (let start = 0; start < 150; start += 75) {
    const files = names.slice(start, start + 75).map((name) => ({ name: `b/${name}`, content: "" }));
    expect((await server.call("PUT", `/workspaces/${id}/`, { workspace_details: { files } })).status).toBe(200);
  }
  const { request_workspace_details: asked, current_workspace_details: current } = await details(id);
  for (const list of [asked, current]) {
    expect(sizeOf(list)).toBeLessThanOrEqual(256 * 1024);
    expect(sizeOf(list)).toBeGreaterThan(240 * 1024);
  }
  const folder = `${"n".repeat(240)}/`.repeat(15).slice(0, -1);
  const listed = await server.call("GET", `/api/stoa/v1/workspaces/${id}/files?limit=1000&path=${folder}`);
  expect(listed.body.items).toHaveLength(150);
});

it("answers a list of many such workspaces within its bound, and each alone whole", async () => {
  const full = JSON.stringify({
    files: Array.from({ length: 64 }, () => ({ name: "/".padEnd(4_000, "x") })),
    symlinks: [],
  });
  const ids: number[] = [];
  for (let count = 0; count < 25; count += 1) ids.push(await server.create({}, "bob"));
  await server.database.pool.query("update workspaces set current_details = $1 where owner_id = $2", [
    full,
    server.ids.bob,
  ]);
  const answer = await server.call("GET", "/workspaces/", undefined, { as: "bob" });
  expect(answer.body.data.workspaces).toHaveLength(25);
  expect(answer.text.length).toBeLessThan(4.1 * 2 ** 20);
  expect(answer.text.length).toBeGreaterThan(3.5 * 2 ** 20);
  const last = await server.call("GET", `/workspaces/${ids.at(-1)}/`, undefined, { as: "bob" });
  expect(last.body.data.workspaces[0].workspace_details.current_workspace_details.files).toHaveLength(64);
});

it("takes 10,000 files of a request, and no more", async () => {
  const id = await server.create();
  const files = Array.from({ length: 10_001 }, (_, index) => ({ name: `f${index}` }));
  for (const [method, url] of [
    ["POST", "/workspaces/"],
    ["PUT", `/workspaces/${id}/`],
  ] as const) {
    const answer = await server.call(method, url, { name: "n", description: "", workspace_details: { files } });
    expect(answer).toMatchObject({ status: 400, body: { message: "One request takes 10000 files at most." } });
  }
});

it("gives one person as many workspaces as are allowed, restored ones too", async () => {
  const { rows } = await server.database.pool.query("select count(*)::int as n from workspaces where owner_id = $1", [
    server.ids.bob,
  ]);
  for (let count = rows[0].n; count < MOST - 2; count += 1) await server.create({}, "bob");
  const body = { name: "n", description: "" };
  const atOnce = Array.from({ length: 6 }, () => server.call("POST", "/workspaces/", body, { as: "bob" }));
  const statuses = (await Promise.all(atOnce)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 409, 409, 409, 409]);
  const refused = await server.call("POST", "/workspaces/", body, { as: "bob" });
  expect(refused).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("STOA_WORKSPACES_PER_PERSON") },
  });
  expect((await server.call("POST", "/workspaces/", body)).status).toBe(200);

  const [first] = (await server.call("GET", "/workspaces/", undefined, { as: "bob" })).body.data.workspaces;
  await server.call("DELETE", `/workspaces/${first.id}/`, undefined, { as: "bob" });
  await server.operations.runAll();
  // Its end in the trash is queued now, and doesn't run in this test.
  server.operations.queued.length = 0;
  expect((await server.call("POST", "/workspaces/", body, { as: "bob" })).status).toBe(200);
  const { rows: entries } = await server.database.pool.query("select id from trash_entries where workspace_id = $1", [
    first.id,
  ]);
  const restored = await server.call("POST", `/api/stoa/v1/trash/${entries[0].id}/restore`, undefined, { as: "bob" });
  expect(restored).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Delete one first") } });
  await server.database.pool.query("delete from trash_entries where id = $1", [entries[0].id]);
});

it("ends at once what is deleted where nothing is to be kept", async () => {
  const id = await server.create({ "folder/a": "a" });
  expect((await server.call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=folder`)).status).toBe(200);
  expect(await server.operations.runAll()).toEqual([{ purged: 1 }]);
  expect((await server.call("DELETE", `/workspaces/${id}/`)).status).toBe(200);
  await server.operations.runAll();
  expect(await server.operations.runAll()).toEqual([{ purged: 1 }]);
  const { rows } = await server.database.pool.query("select count(*)::int as n from trash_entries");
  expect(rows[0].n).toBe(0);
});

it.each(["upload", "content"])(
  "closes the connection of an upload (%s) that it refused, and takes no more of it",
  async (way) => {
    const id = await server.create();
    if (!server.app.server.listening) await server.app.listen({ host: "127.0.0.1", port: 0 });
    const socket = connect((server.app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    let answer = "";
    socket.on("data", (data: Buffer) => {
      answer += data.toString();
    });
    const url = way === "upload" ? `/workspaces/${id}/upload/` : `/api/stoa/v1/workspaces/${id}/files/content?path=x`;
    const type = way === "upload" ? "multipart/form-data; boundary=b" : "application/octet-stream";
    const head = [
      `PUT ${url} HTTP/1.1`,
      "Host: localhost:8080",
      "Authorization: Bearer zpat_ann",
      `Content-Type: ${type}`,
    ];
    // In chunks: nobody says how much will come.
    socket.write(`${head.join("\r\n")}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = (bytes: Buffer) =>
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
    if (way === "upload") {
      chunk(Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'));
    }
    const sending = setInterval(() => chunk(Buffer.alloc(1 << 20)), 20);
    try {
      await expect.poll(() => answer, { timeout: 4_000 }).toContain("HTTP/1.1 413");
      await expect.poll(() => socket.closed, { timeout: 3_000 }).toBe(true);
    } finally {
      clearInterval(sending);
      socket.destroy();
    }
  },
);

it("answers filters of any size and number, and finds nothing by them", async () => {
  const long = encodeURIComponent("ش".repeat(1_500));
  const filters = [
    `name=${long}`,
    `description=${long}&status=${long}`,
    Array.from({ length: 1_000 }, () => "name=x").join("&"),
    Array.from({ length: 1_000 }, (_, index) => `f${index}=x`).join("&"),
    "name=%00",
    "name[]=x&name[a]=y",
    `status=${"'".repeat(4_000)}`,
  ];
  for (const list of ["/workspaces/", "/shared_workspaces/"]) {
    for (const filter of filters) {
      const began = performance.now();
      const answer = await server.call("GET", `${list}?${filter}`);
      expect([200, 400, 414, 431], `${list} ${filter.slice(0, 40)} ${answer.text.slice(0, 200)}`).toContain(
        answer.status,
      );
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  }
});
