import { afterAll, describe, expect, it } from "vitest";
import type { KnownRoute } from "../../packages/server/src/platform/http/server.ts";
import { SCOPES } from "../../packages/server/src/platform/principal.ts";
import { send, signIn } from "../support/portal-client.ts";
import { accountRows } from "./account-rows.ts";
import { activityRows } from "./activity-rows.ts";
import { answersTo } from "./answers.ts";
import { createGround, PASSWORD, type Person } from "./ground.ts";
import { groupRows } from "./group-rows.ts";
import { hubAdminRows } from "./hub-admin-rows.ts";
import { hubRows } from "./hub-rows.ts";
import { noticeRows } from "./notice-rows.ts";
import { peopleRows } from "./people-rows.ts";
import { platformRows } from "./platform-rows.ts";
import { publicRows } from "./public-rows.ts";
import { refusalBody } from "./refusal-body.ts";
import { rescueRows } from "./rescue-rows.ts";
import { addressOf, type Call, methodOf, type PublicRow, type Row } from "./row.ts";
import { serviceRows } from "./service-rows.ts";
import { sessionRows } from "./session-rows.ts";
import { sharingRows } from "./sharing-rows.ts";
import { snapshotRows } from "./snapshot-rows.ts";
import { storageRows } from "./storage-rows.ts";
import { systemRows } from "./system-rows.ts";
import { transferRows } from "./transfer-rows.ts";
import { walkSockets } from "./walk-sockets.ts";
import { webhookRows } from "./webhook-rows.ts";
import { workspaceRows } from "./workspace-rows.ts";

/** The walk over all routes of the whole server: nothing is reached that isn't described in a row. */
const ground = await createGround({ STORAGE_WORKSPACES: "inside", STORAGE_OWNERSHIP: "account" });
afterAll(() => ground.close(), 30_000);

/** The administrator at the portal: what fails with this cookie fails for want of the page's token alone. */
const portal = signIn(ground.base, "admin", PASSWORD);

const guardedRows = [
  ...accountRows,
  ...peopleRows,
  ...groupRows,
  ...serviceRows,
  ...workspaceRows,
  ...sessionRows,
  ...sharingRows,
  ...storageRows,
  ...rescueRows,
  ...snapshotRows,
  ...systemRows,
  ...transferRows,
  ...noticeRows,
  ...hubRows,
  ...activityRows,
  ...webhookRows,
  ...hubAdminRows,
  ...platformRows,
];
const nameOf = ({ method, url }: Pick<KnownRoute, "method" | "url">) => `${method} ${url.replace(/(?<=.)\/$/, "")}`;
const routes = new Map(ground.stoa.app.knownRoutes.map((route) => [nameOf(route), route]));
const isPublic = ({ policy }: KnownRoute) => "public" in policy.access;
const namesOf = (wanted: (route: KnownRoute) => boolean) =>
  [...routes].filter(([name, route]) => !name.startsWith("HEAD ") && wanted(route)).map(([name]) => name);

async function fromBrowser({ username }: Person, row: Row, call: Call) {
  const browser = await signIn(ground.base, username, PASSWORD);
  return browser.call(methodOf(row.route), addressOf(row.route, call), call.body);
}

/** What the row's route is, and its call, made by the first test that needs it. */
function openRow(row: Row | PublicRow) {
  const known = routes.get(row.route);
  if (known === undefined) throw new Error(`There is no route ${row.route}: remove its row.`);
  let call: Promise<Call> | undefined;
  return {
    policy: known.policy,
    call: () => {
      call ??= Promise.resolve(row.call(ground));
      return call;
    },
  };
}

interface Entry {
  readonly action: string;
  readonly actor_id: number | null;
  readonly request_id: string | null;
}

/** Entries after that one: who left them, of what, and with which request. */
async function auditAfter(id: number): Promise<Entry[]> {
  const text = "select action, actor_id, request_id from audit_entries where id > $1 order by id";
  return (await ground.database.pool.query(text, [id])).rows as Entry[];
}
async function lastAudit(): Promise<number> {
  const { rows } = await ground.database.pool.query("select coalesce(max(id), 0) as id from audit_entries");
  return (rows[0] as { id: number }).id;
}

describe("the table", () => {
  it("has a row for each route that needs a credential, and none besides", () => {
    expect(guardedRows.map(({ route }) => route).sort()).toEqual(namesOf((route) => !isPublic(route)).sort());
  });

  it("lists each route that anybody may call, with the reason, and none besides", () => {
    expect(publicRows.map(({ route }) => route).sort()).toEqual(namesOf(isPublic).sort());
    expect(publicRows.filter(({ why }) => why.length < 15)).toEqual([]);
  });

  it("leaves out HEAD, which is a GET of the same policy", () => {
    for (const [name, { policy }] of routes) {
      if (name.startsWith("HEAD ")) expect(policy, name).toBe(routes.get(name.replace("HEAD", "GET"))?.policy);
    }
  });
});

walkSockets(ground);

describe.each(publicRows)("$route, for everybody", (row) => {
  const { policy, call } = openRow(row);

  it(`answers ${row.status}, and leaves its trace`, async () => {
    const valid = await call();
    const before = await lastAudit();
    const answer = await answersTo(ground, row, valid, null);
    expect(answer.status, answer.text).toBe(row.status);
    const actions = (await auditAfter(before)).map(({ action }) => action);
    if (policy.auditExempt !== undefined) expect(policy.auditExempt.length).toBeGreaterThan(20);
    else if (policy.audit === undefined) expect(row.route).toMatch(/^(GET|OPTIONS) /);
    else expect(actions).toContain(policy.audit);
  });
});

describe.each(guardedRows)("$route", (row) => {
  const { policy, call } = openRow(row);
  if ("public" in policy.access) throw new Error(`${row.route} is public.`);
  const { scope, admin } = policy.access;
  const isForAdmins = admin === true || row.others === "administrators only";
  const ownerOf = (valid: Call) => valid.as ?? (isForAdmins ? ground.admin : ground.owner);

  it("says 401 to nobody, and to a credential that is none, in its contract's shape", async () => {
    const valid = await call();
    for (const token of [null, `zpat_${"a".repeat(49)}`, "a.b.c"]) {
      const answer = await answersTo(ground, row, valid, token);
      expect(answer.status, answer.text).toBe(401);
      expect(answer.json).toEqual(refusalBody(policy.dialect, 401));
    }
  });

  it(`says 403 to a token with every scope but ${scope}`, async () => {
    const valid = await call();
    const person = ownerOf(valid);
    const owned = isForAdmins ? SCOPES : SCOPES.filter((one) => !adminScopes.has(one));
    expect(owned).toContain(scope);
    const token = await person.pat(owned.filter((one) => one !== scope));
    const answer = await answersTo(ground, row, valid, token);
    expect(answer.status, answer.text).toBe(403);
    expect(answer.json).toEqual(refusalBody(policy.dialect, 403));
    expect(answer.text).toContain(`the scope ${scope}`);
  });

  if (isForAdmins) {
    it("says 403 to an ordinary person, whatever their credential", async () => {
      const valid = await call();
      for (const token of [ground.owner.jwt, await ground.owner.pat(["*"])]) {
        const answer = await answersTo(ground, row, valid, token);
        expect(answer.status, answer.text).toBe(403);
        expect(answer.json).toEqual(refusalBody(policy.dialect, 403));
      }
    });
  } else {
    othersFindNothing(row, call);
  }

  if (!row.route.startsWith("GET ")) {
    it("takes no cookie without the token that only the portal's own pages can read", async () => {
      const valid = await call();
      const { cookie } = await portal;
      const headers = { Cookie: cookie, Origin: ground.base, "Sec-Fetch-Site": "same-origin" };
      const before = await lastAudit();
      const answer = await send(ground.base + addressOf(row.route, valid), methodOf(row.route), valid.body, headers);
      expect(answer.status, answer.text).toBe(403);
      // What goes on in the background meanwhile has entries of its own.
      const request = answer.headers.get("x-request-id");
      expect(request).toMatch(/./);
      const actions = (await auditAfter(before))
        .filter((one) => one.request_id === request)
        .map(({ action }) => action);
      expect(actions.filter((one) => one === policy.audit || one === policy.auditOr)).toEqual([]);
    });
  }

  if (row.signIn === true) {
    it("says 403 to a personal token, with whatever scopes", async () => {
      const valid = await call();
      const answer = await answersTo(ground, row, valid, await ownerOf(valid).pat(["*"]));
      expect(answer.status, answer.text).toBe(403);
    });
  }

  it(`answers ${row.status} to whose it is, with that scope alone, and leaves its trace`, async () => {
    const valid = await call();
    const person = ownerOf(valid);
    const token = row.signIn === true ? person.jwt : await person.pat([scope]);
    const before = await lastAudit();
    const answer =
      row.fromBrowser === true ? await fromBrowser(person, row, valid) : await answersTo(ground, row, valid, token);
    expect(answer.status, answer.text).toBe(row.status);
    if (valid.shows !== undefined) expect(answer.text).toContain(valid.shows);
    const theirs = (await auditAfter(before)).filter(({ actor_id }) => actor_id === person.id);
    const actions = theirs.map(({ action }) => action);
    if (policy.audit !== undefined) expect(actions).toContain(policy.audit);
    else if (!row.route.startsWith("GET ")) {
      expect(policy.auditExempt?.length).toBeGreaterThan(20);
      // What an earlier row has queued, or asked to be cancelled, may end at any time.
      expect(actions.filter((action) => !/^operation\.(succeed|fail|end_cancelled)$/.test(action))).toEqual([]);
    }
  });
});

function othersFindNothing({ others, ...row }: Row, call: () => Promise<Call>): void {
  const ask = async (valid: Call) => answersTo(ground, row, valid, ground.other.jwt);

  if (others === "without it") {
    it("shows others nothing of it", async () => {
      const valid = await call();
      expect(valid.shows).toBeDefined();
      const answer = await ask(valid);
      expect(answer.status, answer.text).toBe(row.status);
      expect(answer.text).not.toContain(valid.shows);
    });
  } else if (typeof others === "object" && "refused" in others) {
    it("refuses others in its contract's words, as if there were none", async () => {
      const valid = await call();
      const before = await lastAudit();
      const answer = await ask(valid);
      expect(answer.status, answer.text).toBe(others.refused);
      expect(answer.json).toMatchObject(others.says(valid));
      const absent = { ...valid, ...others.absent };
      const none = await ask(absent);
      expect(none.status).toBe(answer.status);
      expect(withoutIds(none.text)).toBe(withoutIds(answer.text));
      const written = (await auditAfter(before)).filter(({ actor_id }) => actor_id === ground.other.id);
      expect(written).toEqual([]);
    });
  } else if (typeof others === "object") {
    const { nobodyElses } = others;
    it(`reaches nobody else's: ${nobodyElses}`, () => {
      expect(row.route).not.toMatch(/:/);
      expect(nobodyElses.length).toBeGreaterThan(20);
    });
  }
}

/** Two answers about different ids, made comparable. */
function withoutIds(text: string): string {
  return text.replace(/"request_id":"[^"]+"/, "").replace(/\d{2,}|\b\d\b/g, "N");
}

/** What an ordinary person does not hold, and so can't leave out of a token. */
const adminScopes: ReadonlySet<string> = new Set([
  "people:read",
  "people:write",
  "metrics:read",
  "storage",
  "playground",
]);
