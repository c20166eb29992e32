import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGround, type Ground } from "./routes/ground.ts";
import { send } from "./support/portal-client.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await createGround();
  await call("POST", "/api/stoa/v1/groups", { name: "Course A" });
  await call("POST", "/api/stoa/v1/groups", { name: "Lab" });
}, 60_000);
afterAll(() => ground.close(), 30_000);

const at = "/api/stoa/v1/people/import";
const query = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
const call = (method: string, url: string, body?: unknown, as: string = ground.admin.jwt) =>
  ground.call(as, method, url, body);
const check = async (csv: string) => (await call("POST", `${at}/check`, { csv })).json;
const wrong = async (csv: string) =>
  (await check(csv)).problems.map((one: { line: number; column: string; reason: string }) => [
    one.line,
    one.column,
    one.reason,
  ]);
async function done(csv: string, existing?: string) {
  const asked = await call("POST", at, { csv, ...(existing ? { existing } : {}) });
  expect(asked.status, asked.text).toBe(202);
  await ground.stoa.platform.operations.wait(asked.json.operation_id, 60_000);
  return { ...asked.json, result: (await call("GET", `${at}/${asked.json.operation_id}`)).json };
}
let count = 0;
/** Names that nobody has. */
let [one, two] = ["", ""];
beforeEach(() => {
  count += 1;
  [one, two] = [`imp${count}.one`, `imp${count}.two`];
});
const person = (username: string, rest = "") => `${username},Some Body,${username}@example.org${rest}`;
const accounts = (...names: string[]) =>
  query(
    "select username, full_name, email, is_admin, status, locale, password_hash from accounts where username = any($1) order by username",
    [names],
  );

describe("looking through a file of people", () => {
  it("says of each line what is wrong, and writes nothing", async () => {
    const third = await ground.newPerson("third");
    const csv = [
      "Username;Full Name;E-Mail;Groups;Role;Language",
      `${one};Ann;${one}@example.org;course a|Lab;person;en`,
      `No Name;Ann;no@example.org;;;`,
      `${two};;not an address;Nowhere;king;de`,
      `${one};Ann;other@example.org;;;`,
      `${two}x;Ann;${one}@EXAMPLE.org;;;`,
      `${ground.owner.username};Own;${ground.owner.username}@example.org;;;`,
      `${ground.other.username};Own;somebody@example.org;;;`,
      `${two}y;Own;${third.username}@example.org;;;`,
      `${two}z;A;${two}z@example.org;;;;more`,
    ].join("\r\n");
    const before = await query("select count(*) from accounts");
    expect(await wrong(csv)).toEqual(
      [
        [3, "username", "username_rule"],
        [4, "full_name", "full_name_rule"],
        [4, "email", "email_rule"],
        [4, "role", "role_unknown"],
        [4, "language", "language_unknown"],
        [4, "groups", "group_unknown"],
        [5, "username", "username_twice"],
        [6, "email", "email_twice"],
        [7, null, "exists"],
        [8, "username", "username_taken"],
        [9, "email", "email_taken"],
        [10, null, "surplus_fields"],
      ].toSorted((a, b) => Number(a[0]) - Number(b[0])),
    );
    expect(await check(csv)).toMatchObject({ total: 9, good: 1, existing: 1, mails: true });
    expect(await query("select count(*) from accounts")).toEqual(before);
    expect((await call("POST", at, { csv })).json).toMatchObject({ details: { reason: "wrong_lines" } });
    expect((await call("POST", at, { csv, existing: "skip" })).status).toBe(422);
    expect(await query("select count(*) from accounts")).toEqual(before);
  });

  it("leaves out only whoever has an active account with a proven address, and says of others what to do", async () => {
    const kinds = {
      pend: ["exists_pending", "status = 'pending'"],
      shut: ["exists_deactivated", "status = 'deactivated'"],
      leav: ["exists_leaving", "deletion_due_at = now() + interval '1 day'"],
      unpr: ["exists_unproven", "email_verified_at = null"],
      fine: ["exists", "status = 'active'"],
    } as const;
    const names = Object.keys(kinds).map((kind) => `${kind}${count}`);
    for (const [at, [, change]] of Object.values(kinds).entries()) {
      await query(
        "insert into accounts (username, username_key, email, full_name, email_verified_at) values ($1, $1, $2, 'X', now())",
        [names[at], `${names[at]}@example.org`],
      );
      await query(`update accounts set ${change} where username = $1`, [names[at]]);
    }
    const csv = `username,full_name,email\n${names.map((name) => person(name)).join("\n")}`;
    expect(await check(csv)).toMatchObject({ existing: 1, wrong: 4, good: 0 });
    expect((await wrong(csv)).map(([, , reason]: string[]) => reason)).toEqual(
      Object.values(kinds).map(([reason]) => reason),
    );
  });

  it("lets no service's word about somebody's address stand against its owner", async () => {
    const claim = `claim${count}`;
    await query(
      "insert into accounts (username, username_key, email, full_name, brought_by, brought_as) select $1, $1, $2, 'X', id, $1 from accounts where username = $3",
      [claim, `${one}@example.org`, ground.admin.username],
    );
    const line = `${claim},Else,else${count}@example.org`;
    expect(await wrong(`username,full_name,email\n${line}\n${person(one)}`)).toEqual([
      [2, "username", "username_taken"],
    ]);
    expect(await wrong(`username,full_name,email\n${claim},X,${one}@example.org`)).toEqual([
      [2, null, "exists_unproven"],
    ]);
  });

  it("takes each group of a line once, twenty at most, by name as people write it", async () => {
    const csv = (groups: string) => `username,full_name,email,groups\n${person(one, `,${groups}`)}`;
    expect(await wrong(csv("a|a|A; a |b"))).toEqual([
      [2, "groups", "group_unknown"],
      [2, "groups", "group_unknown"],
    ]);
    expect(await wrong(csv("course   A|COURSE a|Lab"))).toEqual([]);
    const many = Array.from({ length: 1_000 }, (_, n) => `g${n}`).join("|");
    expect(await wrong(csv(many))).toEqual([[2, "groups", "too_many_groups"]]);
  });

  it("counts all that is wrong and tells of the first, also with more names than a statement has parameters", async () => {
    const groups = (n: number) => Array.from({ length: 20 }, (_, at) => `g${n}x${at}`).join("|");
    const lines = Array.from({ length: 4_000 }, (_, n) => person(`${one}${n}`, `,${groups(n)}`)).join("\n");
    const found = await check(`username,full_name,email,groups\n${lines}`);
    expect(found).toMatchObject({ total: 4_000, good: 0, wrong: 80_000 });
    expect(found.problems).toHaveLength(500);
    expect(found.problems.at(-1)).toMatchObject({ line: 26, reason: "group_unknown" });
  });

  it("shows the first of them as they were read, whatever language their language is written in", async () => {
    const groups = ",course a | LAB";
    const csv = ["English", "PERSIAN", "فارسی", "فارسي", "انگلیسی", ""].map((language, at) =>
      person(`${one}${at}`, `${at === 0 ? groups : ","},${language}`),
    );
    const found = await check(`username,full_name,email,groups,language\n${csv.join("\n")}`);
    expect(found).toMatchObject({ good: 6, wrong: 0 });
    expect(found.people).toHaveLength(6);
    expect(found.people[0]).toEqual({
      line: 2,
      username: `${one}0`,
      full_name: "Some Body",
      email: `${one}0@example.org`,
      groups: ["Course A", "Lab"],
    });
    const many = Array.from({ length: 60 }, (_, at) => person(`${one}${at}`)).join("\n");
    expect((await check(`username,full_name,email\n${many}`)).people).toHaveLength(50);
  });

  it("says it in the reader's language", async () => {
    const csv = "username,full_name,email,role\nX,A,a@example.org,king";
    const ask = async (locale: string) => {
      const headers = { Authorization: `Bearer ${ground.admin.jwt}`, "Accept-Language": locale };
      const { json } = await send(`${ground.base}${at}/check`, "POST", { csv }, headers);
      return json.problems.map(({ message }: { message: string }) => message).join(" ");
    };
    expect(await ask("en")).toMatch(/3-20 characters.*The role is person/);
    expect(await ask("fa")).toContain("نقش person است");
  });

  it.each([
    ["username,full_name,mail,phone\nx", [[1, "phone", "column_unknown"]]],
    [
      "username,full_name,full name\nx",
      [
        [1, "full name", "column_twice"],
        [1, "email", "column_missing"],
      ],
    ],
    [
      "a,b\nc,d",
      [
        [1, "a", "column_unknown"],
        [1, "b", "column_unknown"],
        [1, "username", "column_missing"],
        [1, "full_name", "column_missing"],
        [1, "email", "column_missing"],
      ],
    ],
  ])("of %j finds the columns wrong", async (csv, expected) => {
    expect(await wrong(csv)).toEqual(expected);
  });

  it.each([
    ["", "no_people"],
    ["username,full_name,email", "no_people"],
    ["username,full_name,email\n\n,,\n", "no_people"],
    ['username,full_name,email\n"open,Ann,a@example.org', "malformed"],
    [
      `username,full_name,email\n${Array.from({ length: 5_001 }, (_, n) => `u${n},A,u${n}@example.org`).join("\n")}`,
      "too_many_lines",
    ],
  ])("refuses what is no file of people: %.40j", async (csv, reason) => {
    expect(await call("POST", `${at}/check`, { csv })).toMatchObject({ status: 422, json: { details: { reason } } });
  });

  it("takes marks at the beginning, quotes, tabs and lines within a field, and counts lines as an editor does", async () => {
    const csv = `\ufeffemail\tusername\tfull_name\n${one}@example.org\t${one}\t"Ann\u200cای, ""B"""\n\nx\t?\t"a\nb"\n`;
    expect(await check(csv)).toMatchObject({ total: 2, good: 1 });
    expect((await wrong(csv))[0][0]).toBe(5);
  });
});

describe("adding the people of a file", () => {
  it("makes each with groups and language, invites them, and says who asked", async () => {
    const csv = `username,full_name,email,groups,role,language\n${person(one, ",Course A;Lab,person,fa")}\n${person(two, ",,,")}`;
    const { result, count: asked, operation_id: id } = await done(csv);
    expect(asked).toBe(2);
    expect(result).toMatchObject({ state: "succeeded", total: 2, made: 2, refused: 0, refusals: [] });
    expect(await accounts(one, two)).toMatchObject([
      {
        username: one,
        email: `${one}@example.org`,
        is_admin: false,
        status: "active",
        locale: "fa",
        password_hash: null,
      },
      { username: two, is_admin: false, status: "active", locale: null },
    ]);
    const members = await query(
      "select g.name from group_members m join groups g on g.id = m.group_id join accounts a on a.id = m.account_id where a.username = $1 order by 1",
      [one],
    );
    expect(members).toEqual([{ name: "Course A" }, { name: "Lab" }]);
    // The link in the mail is the usual one: it lets them choose a password.
    const token = await ground.mailedToken(two);
    const chosen = { token, new_password: "a quiet colonnade" };
    expect((await ground.call(null, "POST", "/api/stoa/v1/auth/reset/complete", chosen)).status).toBe(204);
    const entries = await query(
      "select action, actor_label from audit_entries where subject_label = $1 and actor_id = $2 order by id",
      [one, ground.admin.id],
    );
    expect(entries.map(({ action }) => action)).toContain("account.create");
    // Nothing of what the file said of them stays beside their account.
    expect(await query("select person from people_imports where operation_id = $1", [id])).toEqual([
      { person: null },
      { person: null },
    ]);
  });

  it("makes no administrators", async () => {
    const csv = `username,full_name,email,role\n${person(one, ",Admin")}`;
    expect(await wrong(csv)).toEqual([[2, "role", "role_admin"]]);
    expect((await call("POST", at, { csv })).json).toMatchObject({ details: { reason: "wrong_lines" } });
    expect(await accounts(one)).toEqual([]);
  });

  it("may be repeated: who was added is wrong, or left out", async () => {
    const csv = `username,full_name,email\n${person(one)}`;
    await done(csv);
    expect((await call("POST", at, { csv })).status).toBe(422);
    expect((await call("POST", at, { csv, existing: "skip" })).json).toMatchObject({
      details: { reason: "nobody_new" },
    });
    const both = await done(`${csv}\n${person(two)}`, "skip");
    expect(both).toMatchObject({ count: 1, skipped: 1, result: { made: 1 } });
    expect(await query("select 1 from mails where recipient = $1", [`${one}@example.org`])).toHaveLength(1);
  });

  /** While something is done the operation waits at its next line: it looks at who is an administrator. */
  async function heldAt<T>(
    work: (query: (text: string, values?: unknown[]) => Promise<unknown>) => Promise<T>,
  ): Promise<T> {
    const client = await ground.database.pool.connect();
    try {
      await client.query("begin");
      await client.query("select id from accounts where is_admin order by id for update");
      const result = await work((text, values) => client.query(text, values));
      await client.query("commit");
      return result;
    } finally {
      client.release();
    }
  }
  const waiting = () =>
    query("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");

  it("goes on with the others where one became impossible meanwhile, and leaves nothing of that one", async () => {
    const csv = `username,full_name,email,groups\n${person(one, ",Course A")}\n${person(two, ",Course A")}`;
    const id = await heldAt(async (within) => {
      const asked = await call("POST", at, { csv });
      await expect.poll(waiting).toHaveLength(1);
      await within(
        "insert into accounts (username, username_key, email, full_name) values ($1, $1, 'quicker@example.org', 'Q')",
        [one],
      );
      return asked.json.operation_id as string;
    });
    await ground.stoa.platform.operations.wait(id, 30_000);
    expect((await call("GET", `${at}/${id}`)).json).toMatchObject({
      made: 1,
      refused: 1,
      refusals: [{ line: 2, username: one, reason: "username_taken" }],
    });
    expect(
      await query("select person from people_imports where operation_id = $1 and person is not null", [id]),
    ).toEqual([]);
    expect(await query("select 1 from mails where recipient = $1", [`${one}@example.org`])).toEqual([]);
    expect(await accounts(two)).toHaveLength(1);
  });

  it("is taken up where it stood after its worker was lost, makes nobody twice, and mails each once", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `${one}${n}`);
    const csv = `username,full_name,email\n${names.map((name) => person(name)).join("\n")}`;
    const outcomes = async (id: string) =>
      (await query("select outcome from people_imports where operation_id = $1 order by line", [id])).map(
        ({ outcome }) => outcome,
      );
    const asked = await call("POST", at, { csv });
    const id = asked.json.operation_id as string;
    await expect.poll(async () => (await outcomes(id)).includes("made"), { interval: 5 }).toBe(true);
    await heldAt(async (within) => {
      await expect.poll(waiting).toHaveLength(1);
      expect(await outcomes(id)).toContain(null);
      // As the sweep does with one whose server was killed: what the old worker still writes comes too late.
      await within("update operations set state = 'failed', fence = fence + 1 where id = $1", [id]);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await outcomes(id), "half of a person is nobody").toContain(null);
    expect((await call("POST", `/api/stoa/v1/operations/${id}/retry`, {})).status).toBe(200);
    await ground.stoa.platform.operations.wait(id, 30_000);
    expect((await call("GET", `${at}/${id}`)).json).toMatchObject({ state: "succeeded", made: 12, refused: 0 });
    expect(await accounts(...names)).toHaveLength(12);
    const mails = await query("select recipient from mails where recipient = any($1)", [
      names.map((name) => `${name}@example.org`),
    ]);
    expect(mails).toHaveLength(12);
  });

  const kept = async (id: string) =>
    query("select outcome, person, username from people_imports where operation_id = $1 order by line", [id]);

  it("forgets at its end whom it did not make, and makes nobody of them afterwards", async () => {
    const csv = `username,full_name,email\n${person(one)}\n${person(two)}`;
    const id = await heldAt(async () => {
      const asked = await call("POST", at, { csv });
      await expect.poll(waiting).toHaveLength(1);
      const cancelled = await call("POST", `/api/stoa/v1/operations/${asked.json.operation_id}/cancel`, {});
      expect(cancelled.status, cancelled.text).toBeLessThan(300);
      return asked.json.operation_id as string;
    });
    await ground.stoa.platform.operations.wait(id, 30_000);
    const rows = await kept(id);
    expect(rows.at(-1)).toMatchObject({ outcome: null });
    for (const row of rows) expect(row.person).toBeNull();
    // Retried, it says of whom nothing is known any more.
    expect((await call("POST", `/api/stoa/v1/operations/${id}/retry`, {})).status).toBe(200);
    await ground.stoa.platform.operations.wait(id, 30_000);
    const { json } = await call("GET", `${at}/${id}`);
    expect(json).toMatchObject({ state: "succeeded" });
    expect(json.refusals.at(-1)).toMatchObject({ line: 3, username: two, reason: "forgotten" });
    expect(await accounts(two)).toEqual([]);
  });

  it("keeps no name beside an account, and nothing but the name of who was refused", async () => {
    const { operation_id: id } = await done(`username,full_name,email\n${person(one)}`);
    expect(await kept(id)).toEqual([{ outcome: "made", person: null, username: "" }]);
  });

  it("looks through 5,000 at once", async () => {
    const csv = `username,full_name,email\n${Array.from({ length: 5_000 }, (_, n) => person(`${one}${n}`)).join("\n")}`;
    const { json } = await call("POST", `${at}/check`, { csv });
    expect(json).toMatchObject({ total: 5_000, good: 5_000, wrong: 0 });
  });

  it("is for administrators who are signed in, not for tokens", async () => {
    const csv = `username,full_name,email\n${person(one)}`;
    expect((await call("POST", at, { csv }, ground.other.jwt)).status).toBe(403);
    const token = await ground.admin.pat(["people:read", "people:write"]);
    for (const address of [at, `${at}/check`]) expect((await call("POST", address, { csv }, token)).status).toBe(403);
    expect(await accounts(one)).toEqual([]);
    expect((await call("GET", `${at}/01890000-0000-7000-8000-000000000000`)).status).toBe(404);
  });
});
