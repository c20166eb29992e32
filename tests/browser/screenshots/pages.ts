import type { PortalPage } from "../portal-page.ts";
import { dialogs } from "./dialogs.ts";
import { nothing, type Shown } from "./lab/shown.ts";
import { lookBack } from "./past.ts";

/** Who looks at a page. */
export type Viewer = "nobody" | "person" | "admin";

export interface Pictured {
  readonly name: string;
  /** As router.tsx has it; a test holds that no route is without a picture. */
  readonly route: string;
  readonly viewer: Viewer;
  /** The catalogue's words for its heading, where it is not called by the thing that it shows. */
  readonly title?: string;
  /** Below `/portal`; the route itself when left out. */
  address?(lab: Shown): string;
  /** What the session says besides, for pages that are only for people who still have to do something. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** Opens the dialog that the picture is of. */
  open?(portal: PortalPage): Promise<unknown>;
}

/** A page at its route's own address. */
const at = (name: string, route: string, viewer: Viewer, title?: string): Pictured => ({
  name,
  route,
  viewer,
  ...(title === undefined ? {} : { title }),
});
/** One of a thing: at that thing's number. */
const of = (page: Pictured, address: (lab: Shown) => string): Pictured => ({ ...page, address });

const beforeSignIn: readonly Pictured[] = [
  at("sign-in", "/sign-in", "nobody", "auth.signIn"),
  at("register", "/register", "nobody", "auth.registerTitle"),
  at("forgotten", "/forgotten", "nobody", "auth.forgotTitle"),
  of(at("reset", "/reset", "nobody", "auth.resetTitle"), () => "/reset#token=x"),
  of(at("confirm", "/confirm", "nobody", "auth.confirmTitle"), () => "/confirm#token=x"),
  of(at("verify", "/verify", "nobody", "verify.title"), () => "/verify#token=x"),
  at("change-password", "/change-password", "person", "auth.changeTitle"),
  {
    ...at("second-factor", "/second-factor", "person", "secondFactor.forcedTitle"),
    session: { limitation: "second-factor" },
  },
];

const workspace = "/workspaces/$workspaceId";
const session = "/sessions/$sessionId";
const sharedSession = "/shared-sessions/$sessionId";
const group = "/groups/$groupId";
const person = "/people/$personId";
const storage = "/admin/storage/$subjectId";

const peoples: readonly Pictured[] = [
  at("home", "/", "person"),
  at("workspaces", "/workspaces", "person", "workspaces.title"),
  of(at("workspace", workspace, "person"), (lab) => `/workspaces/${lab.workspace}`),
  of(at("workspace-missing", workspace, "person", "workspaces.notFound"), () => `/workspaces/${nothing}`),
  of(at("workspace-no-past", workspace, "person"), (lab) => `/workspaces/${lab.workspace}?at=any`),
  lookBack,
  at("trash", "/trash", "person", "trash.title"),
  at("sessions", "/sessions", "person", "sessions.title"),
  of(at("session", session, "person"), (lab) => `/sessions/${lab.session}`),
  of(at("session-ended", session, "person"), (lab) => `/sessions/${lab.ended}`),
  of(at("session-missing", session, "person", "sessions.notFound"), () => `/sessions/${nothing}`),
  of(at("shared-session", sharedSession, "person"), (lab) => `/shared-sessions/${lab.sharedSession}`),
  of(at("shared-session-missing", sharedSession, "person", "viewers.overTitle"), () => `/shared-sessions/${nothing}`),
  at("storage", "/storage", "person", "storage.ownTitle"),
  at("jupyter", "/jupyter", "person", "jupyter.title"),
  // One that starts: whoever is ready is led away from here.
  of(at("jupyter-open", "/jupyter/open", "person"), () => "/jupyter/open?server=old-model"),
  at("activity", "/activity", "person", "activity.title"),
  of(
    at("activity-found", "/activity", "person", "activity.title"),
    () => "/activity?query=nothing+like+it&status=error",
  ),
  at("activity-operations", "/activity/operations", "person", "activity.title"),
  at("groups", "/groups", "person", "groups.title"),
  of(at("group", group, "person"), (lab) => `/groups/${lab.group}`),
  of(at("group-missing", group, "person", "groups.notFound"), () => `/groups/${nothing}`),
  at("account", "/account", "person", "account.tabs.profile"),
  at("account-look", "/account/look", "person", "account.tabs.look"),
  at("account-security", "/account/security", "person", "account.tabs.security"),
  at("account-tokens", "/account/tokens", "person", "account.tabs.tokens"),
  at("webhooks", "/account/webhooks", "person", "account.tabs.webhooks"),
  of(
    at("webhook-missing", "/account/webhooks/$webhookId", "person", "webhooks.notFound"),
    () => `/account/webhooks/${nothing}`,
  ),
  at("account-data", "/account/data", "person", "account.tabs.data"),
  at("notices", "/notices", "person", "notices.title"),
  at("notices-choose", "/notices/choose", "person", "notices.chooseTitle"),
  at("help", "/help", "person", "help.title"),
  of(at("no-such-page", "*", "person", "errors.notFoundTitle"), () => "/no-such-page"),
];

const admins: readonly Pictured[] = [
  at("admin-home", "/", "admin"),
  at("overview", "/admin", "admin", "overview.title"),
  of(at("overview-table", "/admin", "admin", "overview.title"), () => "/admin?as=table&days=7"),
  at("all-sessions", "/admin/sessions", "admin", "adminSessions.title"),
  at("all-storage", "/admin/storage", "admin", "adminStorage.title"),
  of(
    at("storage-chosen", "/admin/storage", "admin", "adminStorage.title"),
    () => "/admin/storage?only=near&sort=share",
  ),
  of(at("storage-of-one", storage, "admin"), (lab) => `/admin/storage/${lab.storage}`),
  of(at("storage-missing", storage, "admin", "adminStorage.notFound"), () => `/admin/storage/${nothing}`),
  at("storage-trash", "/admin/storage/trash", "admin", "adminStorage.trashTitle"),
  at("hub", "/admin/hub", "admin", "frame.hub"),
  at("hub-servers", "/admin/hub/servers", "admin", "adminHub.servers"),
  at("hub-people", "/admin/hub/people", "admin", "adminHub.people"),
  at("all-activity", "/admin/activity", "admin", "adminActivity.title"),
  at("all-runs", "/admin/activity/runs", "admin", "adminActivity.runs"),
  at("settings", "/system", "admin", "system.settingsTitle"),
  at("resources", "/system/resources", "admin", "system.resourcesTitle"),
  at("announcements", "/system/announcements", "admin", "system.announcementsTitle"),
  at("all-webhooks", "/system/webhooks", "admin", "webhooks.allTitle"),
  of(
    at("any-webhook-missing", "/system/webhooks/$webhookId", "admin", "webhooks.notFound"),
    () => `/system/webhooks/${nothing}`,
  ),
  at("people", "/people", "admin", "people.title"),
  of(at("person", person, "admin"), (lab) => `/people/${lab.personId}`),
  of(at("person-missing", person, "admin", "people.notFound"), () => `/people/${nothing}`),
  at("operations", "/operations", "admin", "operations.title"),
  at("services", "/services", "admin", "services.title"),
  at("mails", "/mails", "admin", "mails.title"),
  at("audit", "/audit", "admin", "audit.title"),
];

/** Every page, then the dialogs that matter: the one list that every walk takes. */
export const pictured: readonly Pictured[] = [...beforeSignIn, ...peoples, ...admins, ...dialogs];
