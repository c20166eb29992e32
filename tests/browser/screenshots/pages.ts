import type { PortalPage } from "../portal-page.ts";
import { dialogs } from "./dialogs.ts";
import type { Shown } from "./lab/lab.ts";

/** Who looks at a page. */
export type Viewer = "nobody" | "person" | "admin";

export interface Pictured {
  readonly name: string;
  /** As router.tsx has it; a test holds that no route is without a picture. */
  readonly route: string;
  readonly viewer: Viewer;
  /** Below `/portal`; the route itself when left out. */
  address?(lab: Shown): string;
  /** What the session says besides, for pages that are only for people who still have to do something. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** Opens the dialog that the picture is of. */
  open?(portal: PortalPage): Promise<unknown>;
}

const beforeSignIn: readonly Pictured[] = [
  { name: "sign-in", route: "/sign-in", viewer: "nobody" },
  { name: "register", route: "/register", viewer: "nobody" },
  { name: "forgotten", route: "/forgotten", viewer: "nobody" },
  { name: "reset", route: "/reset", viewer: "nobody", address: () => "/reset#token=x" },
  { name: "confirm", route: "/confirm", viewer: "nobody", address: () => "/confirm#token=x" },
  { name: "verify", route: "/verify", viewer: "nobody", address: () => "/verify#token=x" },
  { name: "change-password", route: "/change-password", viewer: "person" },
  { name: "second-factor", route: "/second-factor", viewer: "person", session: { limitation: "second-factor" } },
];

const peoples: readonly Pictured[] = [
  { name: "home", route: "/", viewer: "person" },
  { name: "workspaces", route: "/workspaces", viewer: "person" },
  {
    name: "workspace",
    route: "/workspaces/$workspaceId",
    viewer: "person",
    address: ({ workspace }) => `/workspaces/${workspace}`,
  },
  {
    name: "workspace-missing",
    route: "/workspaces/$workspaceId",
    viewer: "person",
    address: () => "/workspaces/999999",
  },
  { name: "trash", route: "/trash", viewer: "person" },
  { name: "sessions", route: "/sessions", viewer: "person" },
  {
    name: "session",
    route: "/sessions/$sessionId",
    viewer: "person",
    address: ({ session }) => `/sessions/${session}`,
  },
  {
    name: "session-ended",
    route: "/sessions/$sessionId",
    viewer: "person",
    address: ({ ended }) => `/sessions/${ended}`,
  },
  {
    name: "shared-session",
    route: "/shared-sessions/$sessionId",
    viewer: "person",
    address: ({ sharedSession }) => `/shared-sessions/${sharedSession}`,
  },
  { name: "activity", route: "/activity", viewer: "person" },
  { name: "groups", route: "/groups", viewer: "person" },
  { name: "group", route: "/groups/$groupId", viewer: "person", address: ({ group }) => `/groups/${group}` },
  { name: "account", route: "/account", viewer: "person" },
  { name: "account-look", route: "/account/look", viewer: "person" },
  { name: "account-security", route: "/account/security", viewer: "person" },
  { name: "account-tokens", route: "/account/tokens", viewer: "person" },
  { name: "account-data", route: "/account/data", viewer: "person" },
  { name: "notices", route: "/notices", viewer: "person" },
  { name: "notices-choose", route: "/notices/choose", viewer: "person" },
  { name: "account-look", route: "/account/look", viewer: "person" },
  { name: "account-security", route: "/account/security", viewer: "person" },
  { name: "account-tokens", route: "/account/tokens", viewer: "person" },
  { name: "account-data", route: "/account/data", viewer: "person" },
  { name: "help", route: "/help", viewer: "person" },
  { name: "no-such-page", route: "*", viewer: "person", address: () => "/no-such-page" },
];

const admins: readonly Pictured[] = [
  { name: "admin-home", route: "/", viewer: "admin" },
  { name: "overview", route: "/admin", viewer: "admin" },
  { name: "all-sessions", route: "/admin/sessions", viewer: "admin" },
  { name: "settings", route: "/system", viewer: "admin" },
  { name: "resources", route: "/system/resources", viewer: "admin" },
  { name: "announcements", route: "/system/announcements", viewer: "admin" },
  { name: "people", route: "/people", viewer: "admin" },
  { name: "person", route: "/people/$personId", viewer: "admin", address: ({ personId }) => `/people/${personId}` },
  { name: "operations", route: "/operations", viewer: "admin" },
  { name: "services", route: "/services", viewer: "admin" },
  { name: "settings", route: "/system", viewer: "admin" },
  { name: "announcements", route: "/system/announcements", viewer: "admin" },
  { name: "mails", route: "/mails", viewer: "admin" },
  { name: "audit", route: "/audit", viewer: "admin" },
];

/** Every page, then the dialogs that matter. */
export const pictured: readonly Pictured[] = [...beforeSignIn, ...peoples, ...admins, ...dialogs];
