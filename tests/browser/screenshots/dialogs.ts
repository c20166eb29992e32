import type { PortalPage } from "../portal-page.ts";
import type { Pictured } from "./pages.ts";

/** By the words in the catalogue that its button has. */
const press =
  (word: string) =>
  ({ page, t }: PortalPage) =>
    page
      .getByRole("button", { name: t(word), exact: true })
      .first()
      .click({ timeout: 5_000 });

const dialog = (name: string, on: Omit<Pictured, "name" | "open">, open: Pictured["open"]): Pictured => ({
  ...on,
  name: `dialog-${name}`,
  open: async (portal) => {
    await open?.(portal);
    await portal.page.getByRole("dialog").first().waitFor({ timeout: 5_000 });
  },
});

const keys =
  (chord: string) =>
  ({ page }: PortalPage) =>
    page.keyboard.press(chord);

const workspace = {
  route: "/workspaces/$workspaceId",
  viewer: "person",
  address: ({ workspace: id }) => `/workspaces/${id}`,
} satisfies Omit<Pictured, "name">;
const session = {
  route: "/sessions/$sessionId",
  viewer: "person",
  address: ({ session: id }) => `/sessions/${id}`,
} satisfies Omit<Pictured, "name">;

/** What opens over a page; only where there is something to open it on. */
export const dialogs: readonly Pictured[] = [
  dialog("new-workspace", { route: "/workspaces", viewer: "person" }, press("workspaces.new")),
  dialog("workspace-settings", workspace, press("workspaces.settings")),
  dialog("share", workspace, press("sharing.share")),
  dialog("start", workspace, ({ page, t }) =>
    page
      .getByRole("button", { name: t("quickStart.options", { name: t("jobTypes.terminal") }) })
      .click({ timeout: 5_000 }),
  ),
  // By its address: on a phone the file may stand below the rows that are drawn.
  dialog("preview", { ...workspace, address: ({ workspace: id }) => `/workspaces/${id}?file=notes.md` }, () =>
    Promise.resolve(),
  ),
  dialog("stop", session, press("sessions.stop")),
  dialog("new-group", { route: "/groups", viewer: "admin" }, press("groups.new")),
  dialog("new-token", { route: "/account/tokens", viewer: "person" }, press("tokens.new")),
  dialog("palette", { route: "/", viewer: "person" }, keys("Control+k")),
  dialog("shortcuts", { route: "/", viewer: "person" }, keys("?")),
  {
    name: "dialog-bell",
    route: "/",
    viewer: "person",
    open: ({ page, t }) =>
      page
        .getByRole("button", { name: new RegExp(t("frame.notices"), "i") })
        .first()
        .click({ timeout: 5_000 }),
  },
  dialog("tour", { route: "/help", viewer: "person" }, press("help.tour")),
  dialog("announce", { route: "/system/announcements", viewer: "admin" }, press("system.announce")),
  dialog("new-service", { route: "/services", viewer: "admin" }, press("services.new")),
  dialog("new-storage", { route: "/admin/storage", viewer: "admin" }, press("adminStorage.new")),
  dialog("new-person", { route: "/people", viewer: "admin" }, press("people.new")),
  dialog("people-file", { route: "/people", viewer: "admin" }, press("people.fromFile")),
];
