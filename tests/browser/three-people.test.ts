import { availableParallelism, loadavg } from "node:os";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PortalClient, signIn } from "../support/portal-client.ts";
import { type Heard, listen } from "./heard.ts";
import { password, type Registered, register } from "./people.ts";
import { openBrowser, openPortal, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";
import { done, makeWorkspace, startTerminal, stopAll } from "./screenshots/lab/lab.ts";

let browser: Browser;
let stoa: RunningStoa;

beforeAll(async () => {
  // A server of its own: an announcement is everybody's.
  stoa = await runningStoa({});
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

/** Milliseconds after which others have to see what was done; more where the machine is shared with other work. */
const soon = () => 1_000 * Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());

interface Watcher extends PortalPage {
  readonly heard: Heard;
}

async function watcher(who: Registered | null): Promise<Watcher> {
  const portal = await openPortal(browser, stoa.url, { locale: "en" });
  const heard = await listen(portal.page);
  await portal.signIn(who?.username ?? "admin", who === null ? stoa.adminPassword : password);
  return { ...portal, heard };
}

const late: string[] = [];

const statusOf = async (client: PortalClient, session: number): Promise<string> =>
  (await done(client, "GET", `/api/stoa/v1/sessions/${session}`)).status;

/** Does it, and waits until it shows on somebody's page, which is to be within a second of the answer. */
async function seen(
  what: string,
  act: () => Promise<unknown>,
  shows: Locator,
  state: "visible" | "detached" = "visible",
) {
  await act();
  const began = performance.now();
  await shows.first().waitFor({ state, timeout: 15_000 });
  const took = Math.round(performance.now() - began);
  console.log(`${what}: ${took} ms`);
  if (took > soon()) late.push(`${what}: ${took} ms`);
}

test("two people and an administrator see each other's changes at once, and a stranger nothing of them", {
  timeout: 400_000,
}, async () => {
  const [anna, ben, stranger] = [
    await register(stoa.url, "en"),
    await register(stoa.url, "en"),
    await register(stoa.url, "en"),
  ];
  const api = await signIn(stoa.url, anna.username, password);
  const adminApi = await signIn(stoa.url, "admin", stoa.adminPassword);
  const people = (await done(adminApi, "GET", "/api/stoa/v1/people?search=ren")).items as {
    id: number;
    username: string;
  }[];
  const idOf = ({ username }: Registered) => people.find((one) => one.username === username)?.id;

  const [annas, bens, admins, strangers] = [
    await watcher(anna),
    await watcher(ben),
    await watcher(null),
    await watcher(stranger),
  ];
  const { t } = annas;
  const first = `Tide pools ${Date.now()}`;
  const renamed = `Rock pools ${Date.now()}`;

  // A workspace, made elsewhere by its owner.
  await annas.page.goto("/portal/workspaces");
  await admins.page.goto("/portal/admin/sessions");
  await bens.page.goto("/portal/workspaces");
  await strangers.page.goto("/portal/workspaces");
  await strangers.page.getByRole("heading", { level: 1 }).waitFor();
  await admins.page.getByRole("heading", { level: 1 }).waitFor();
  let workspace = 0;
  await seen(
    "a new workspace on its owner's page",
    async () => {
      workspace = await makeWorkspace(api, first, "", { "gift.txt": "for you\n" });
    },
    annas.page.getByRole("link", { name: first }),
  );

  // Shared: offered, accepted.
  const accept = bens.page.getByRole("button", { name: t("offers.acceptOne", { name: first }), exact: true });
  await annas.page.goto(`/portal/workspaces/${workspace}`);
  const shares = annas.page.getByRole("region", { name: t("sharing.title") });
  await shares.waitFor();
  await seen(
    "a share on its receiver's page",
    async () => {
      await done(api, "POST", `/api/stoa/v1/workspaces/${workspace}/shares`, { account_ids: [idOf(ben)] });
      await shares.getByText(t("states.unanswered")).waitFor();
    },
    accept,
  );
  const unread = new RegExp(t("frame.noticesUnread_one", { shown: "." }));
  await bens.page.getByRole("button", { name: unread }).waitFor();
  await seen("its acceptance on the giver's page", () => accept.click(), shares.getByText(t("states.accepted")));

  // A session: on the administrator's list, and on the page of who is let in.
  await bens.page.goto("/portal/sessions");
  await bens.page.getByRole("heading", { level: 1 }).waitFor();
  let session = 0;
  const listed = admins.page.getByRole("link", { name: first });
  await seen(
    "a session on the administrator's list",
    async () => {
      session = await startTerminal(api, workspace);
    },
    listed,
  );
  const sharedWithBen = bens.page.getByRole("region", { name: t("viewers.sharedWithMe") }).getByRole("link");
  await seen(
    "a session on the page of who is let in",
    () => done(api, "POST", `/api/stoa/v1/sessions/${session}/viewers`, { account_id: idOf(ben) }),
    sharedWithBen,
  );
  await admins.page.goto(`/portal/sessions/${session}`);
  await admins.page.getByRole("heading", { level: 1 }).waitFor();
  await seen(
    "its end on the viewer's page",
    async () => {
      await done(api, "POST", `/api/stoa/v1/sessions/${session}/stop`, {});
      // To end it takes its time; to see that it has ended may not.
      await expect.poll(() => statusOf(api, session), { timeout: 30_000 }).toBe("complete");
    },
    sharedWithBen,
    "detached",
  );
  await admins.page.getByText(t("states.complete"), { exact: true }).first().waitFor({ timeout: 5_000 });

  // Renamed: its owner's other windows know; the receiver's copy is theirs.
  await seen(
    "a new name on the owner's page",
    () => done(api, "PUT", `/workspaces/${workspace}/`, { name: renamed, description: "" }),
    annas.page.getByRole("heading", { level: 1, name: renamed }),
  );

  // What a stranger might come by.
  for (const path of [
    "/",
    "/workspaces",
    "/sessions",
    "/activity",
    "/groups",
    "/notices",
    `/workspaces/${workspace}`,
    `/sessions/${session}`,
    `/shared-sessions/${session}`,
  ]) {
    await strangers.page.goto(`/portal${path}`);
    await strangers.page.getByRole("heading", { level: 1 }).waitFor();
  }
  await strangers.page.keyboard.press("Control+k");
  const palette = strangers.page.getByRole("dialog");
  await palette.getByRole("combobox").or(palette.getByRole("textbox")).first().fill("pools");
  await strangers.page.waitForTimeout(500);
  expect(await palette.innerText()).not.toContain(first);
  for (const word of [first, renamed]) expect(await strangers.heard.whereIs(word), "told to the stranger").toEqual([]);
  expect(await bens.heard.whereIs(renamed), "told to the receiver").toEqual([]);
  expect(strangers.heard.count().answers).toBeGreaterThan(20);
  expect(await annas.heard.whereIs(renamed)).not.toEqual([]);
  expect(annas.heard.count().events).toBeGreaterThan(0);

  // Everybody's: an announcement. One's own: being signed out.
  const title = `The sea is closed ${Date.now()}`;
  await bens.page.goto("/portal/workspaces");
  await bens.page.getByRole("heading", { level: 1 }).waitFor();
  await seen(
    "an announcement on everybody's page",
    () =>
      done(adminApi, "POST", "/api/stoa/v1/announcements", {
        title,
        text: "",
        title_fa: "",
        text_fa: "",
        kind: "info",
        audience: "everyone",
        group_id: null,
        public: false,
        dismissible: true,
        starts_at: null,
        ends_at: null,
      }),
    bens.page.getByText(title),
  );
  await strangers.page.getByText(title).first().waitFor();
  await seen(
    "a deactivated person's way out",
    () => done(adminApi, "PATCH", `/api/stoa/v1/people/${idOf(ben)}`, { active: false }),
    bens.page.getByRole("heading", { level: 1, name: t("auth.signIn") }),
  );

  expect(late).toEqual([]);
  for (const one of [annas, admins, strangers]) expect(one.complaints).toEqual([]);
  await stopAll(api);
  for (const one of [annas, bens, admins, strangers]) await one.close();
});
