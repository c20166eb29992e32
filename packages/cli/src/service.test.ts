import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandLine } from "./testing/remembering-terminal.ts";

let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
});
afterAll(async () => {
  line.remove();
  await database.drop();
});

const service = (...args: string[]) => line.run("service", ...args);

describe("stoa service", () => {
  it("makes an account and a client token, lists them, and revokes", async () => {
    expect((await service("list")).out).toBe("There are no service accounts.\n");
    expect(await service("create", "portal", "--description", "The data portal")).toMatchObject({ code: 0, err: "" });
    const made = await service("token", "portal", "--label", "production", "--days", "30", "--json");
    const { token, key_id: keyId } = JSON.parse(made.out) as { token: string; key_id: string };
    expect(token).toMatch(/^zcli_/);
    const listed = await service("list");
    expect(listed.out).toContain("portal  active, in api_clients, stands for 0 people  The data portal");
    expect(listed.out).toContain(`${keyId}  active, until `);
    expect(listed.out).not.toContain(token);
    expect(await service("revoke", "portal", keyId)).toMatchObject({
      code: 0,
      out: `${keyId} is revoked, and with it 0 tokens of people.\n`,
    });
    expect(JSON.parse((await service("list", "--json")).out)).toMatchObject([
      { username: "portal", active: true, api_client: true, tokens: [{ key_id: keyId, status: "revoked" }] },
    ]);
    const { rows } = await database.pool.query("select action, actor_label from audit_entries order by id");
    expect(rows.map((row: { action: string }) => row.action)).toEqual([
      "service.create",
      "group.add-member",
      "service.token-create",
      "service.token-revoke",
    ]);
    expect(rows[0]).toMatchObject({ actor_label: expect.stringContaining("operator at the host") });
  });

  it("makes one that gets no tokens for anybody", async () => {
    await service("create", "plain", "--description", "No client", "--no-api-client");
    expect((await service("list")).out).toContain("plain  active, no client");
  });

  it("says what is wrong", async () => {
    expect(await service("token", "nobody", "--label", "x")).toMatchObject({
      code: 3,
      err: "There is no such service account\n",
    });
    expect(await service("revoke", "portal", "amber-falcon-quiet-river")).toMatchObject({ code: 3 });
    expect(await service("create", "portal", "--description", "again")).toMatchObject({ code: 3 });
    expect(await service("create", "other")).toMatchObject({ code: 2 });
    expect(await service("token", "portal", "--label", "x", "--days", "1.5")).toMatchObject({ code: 2 });
    expect(JSON.parse((await service("create", "Bad Name", "--description", "x", "--json")).out)).toHaveProperty(
      "error",
    );
  });
});
