import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBuffer } from "yauzl";
import { type AccountsServer, type Browser, createAccountsServer } from "../../testing/accounts-server.ts";
import { zipOf } from "./zip-parts.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
  server.accounts.contribute({
    name: "things",
    owned: async () => ({}),
    rows: {
      of_mine: async function* (accountId) {
        for (let n = 0; n < 3; n++) yield { n, owner: accountId, text: "سلام" };
      },
    },
  });
});
afterAll(() => server.close());

const at = "/api/stoa/v1/account/exports";
const start = (as: Browser) => server.call("POST", at, { as });

async function download(as: Browser, id: number) {
  const { cookie } = as;
  return server.app.inject({
    method: "GET",
    url: `${at}/${id}/download`,
    headers: { host: "localhost:8080", cookie: `stoa_session=${cookie}` },
  });
}

/** Every file of the zip, by name. */
async function filesIn(zip: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, opened) => {
      if (error || !opened) return reject(error);
      opened.on("end", () => resolve());
      opened.on("error", reject);
      opened.on("entry", (entry: { fileName: string }) => {
        opened.openReadStream(entry as never, async (failed, stream) => {
          if (failed || !stream) return reject(failed);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk as Buffer);
          files[entry.fileName] = Buffer.concat(chunks).toString();
          opened.readEntry();
        });
      });
      opened.readEntry();
    });
  });
  return files;
}

describe("an export", () => {
  it("holds everything of the person, no secret, and nothing of others", async () => {
    await server.person("ada");
    await server.person("eve");
    const ada = await server.signIn("ada");
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: ada,
      body: { label: "ci", scopes: [] },
    });
    const { token } = made.body as { token: string };
    await server.database.pool.query(
      `insert into mails (recipient, subject, locale, state, account_id) select m.to, m.subject, 'en', 'sent', a.id
       from (values ('ada@before.example.org', 'To her earlier address', 'ada'), ('ada@example.org', 'Another''s', 'eve'))
         as m ("to", subject, whose) join accounts a on a.username = m.whose`,
    );
    const { id } = (await start(ada)).body as { id: number };
    expect((await download(ada, id)).statusCode, "not whole yet").toBe(404);
    await server.operations.runAll();
    const answer = await download(ada, id);
    expect(answer.headers).toMatchObject({ "content-type": "application/zip", "cache-control": "no-store" });
    expect(answer.headers["content-disposition"]).toMatch(/^attachment; filename="stoa-export-[\d-]+\.zip"$/);
    const files = await filesIn(answer.rawPayload);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["README.txt", "account/profile.json", "account/audit.json", "things/of_mine.json"]),
    );
    for (const [name, text] of Object.entries(files)) if (name.endsWith(".json")) JSON.parse(text);
    expect(JSON.parse(files["account/profile.json"] ?? "")).toMatchObject([{ username: "ada" }]);
    expect(JSON.parse(files["things/of_mine.json"] ?? "")).toHaveLength(3);
    expect(JSON.parse(files["account/personal_tokens.json"] ?? "")).toMatchObject([{ label: "ci" }]);
    expect(JSON.parse(files["account/mails.json"] ?? "")).toMatchObject([{ subject: "To her earlier address" }]);
    const whole = Object.values(files).join("\n");
    const { rows } = await server.database.pool.query("select password_hash from accounts where username = 'ada'");
    for (const secret of [token, ada.cookie, (rows[0] as { password_hash: string }).password_hash, "eve@example.org"]) {
      expect(whole).not.toContain(secret);
    }
  });

  it("of somebody else is not there, nor for a token, nor after its seven days", async () => {
    await server.person("bea");
    const bea = await server.signIn("bea");
    const eve = await server.signIn("eve");
    const { id } = (await start(bea)).body as { id: number };
    await server.operations.runAll();
    expect((await download(eve, id)).statusCode).toBe(404);
    expect((await download(eve, 999_999)).statusCode).toBe(404);
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: bea,
      body: { label: "t", scopes: ["*"] },
    });
    const as = { bearer: (made.body as { token: string }).token };
    expect((await server.call("GET", `${at}/${id}/download`, { as })).status).toBe(403);
    expect((await download(bea, id)).statusCode).toBe(200);
    await server.database.pool.query("update account_exports set expires_at = now() - interval '1 second'");
    expect((await download(bea, id)).statusCode).toBe(404);
    expect((await server.call("GET", at, { as: bea })).body).toEqual({ items: [], next_cursor: null });
  });

  it("begun anew after a crash is whole, and five a day are enough, also at the same moment", async () => {
    await server.person("cyn");
    const cyn = await server.signIn("cyn");
    const { id, operation_id: operation } = (await start(cyn)).body as { id: number; operation_id: string };
    const { rows } = await server.database.pool.query("select id from accounts where username = 'cyn'");
    const subject = { kind: "account", id: String((rows[0] as { id: number }).id) };
    const run = (crashAt?: number) =>
      server.operations.runAs(operation, "account.export", subject, {
        input: { export_id: id },
        ...(crashAt === undefined ? {} : { crashAt }),
      });
    await expect(run(3), "the piece is written, the end is not").rejects.toThrow("killed");
    expect((await download(cyn, id)).statusCode).toBe(404);
    await run();
    expect(Object.keys(await filesIn((await download(cyn, id)).rawPayload))).toContain("account/profile.json");
    expect(await run(), "once more changes nothing").toEqual({});
    const more = await Promise.all([1, 2, 3, 4, 5, 6].map(() => start(cyn)));
    expect(more.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 409, 409]);
    server.operations.queued.length = 0;
  });

  it("whose rows fail ends with that error instead of waiting for ever", async () => {
    const broken = {
      name: "broken",
      owned: async () => ({}),
      rows: {
        rows: async function* () {
          yield { n: 1 };
          throw new Error("the table is gone");
        },
      },
    };
    const read = async () => {
      for await (const _piece of zipOf([broken], 1));
    };
    await expect(read()).rejects.toThrow("the table is gone");
  });
});
