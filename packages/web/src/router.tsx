import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { texts } from "./admin/search.ts";
import { sessionQuery } from "./api/auth.ts";
import { CrashPage, MissingPage } from "./frame/error-pages.tsx";
import { HomePage } from "./home/home-page.tsx";
import { adminTree } from "./routes/admin.tsx";
import { nextPage } from "./routes/next-page.ts";
import {
  askAhead,
  lazyAccountPage,
  lazyJupyterPage,
  lazyPage,
  lazySessionPage,
  lazyStoragePage,
  lazyWebhookPage,
  root,
  signedIn,
} from "./routes/signed-in.tsx";

const notices = ["registered", "resetDone", "firstDone", "confirmed"] as const;

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string; notice?: (typeof notices)[number] } => {
    const notice = notices.find((one) => one === search.notice);
    const next = nextPage(search.next);
    return { ...(next === "/" ? {} : { next }), ...(notice ? { notice } : {}) };
  },
  component: lazyPage(() => import("./auth/sign-in-page.tsx"), "SignInPage"),
});

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: lazyPage(() => import("./auth/register-page.tsx"), "RegisterPage"),
});
const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten",
  component: lazyPage(() => import("./auth/forgotten-page.tsx"), "ForgottenPage"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyPage(() => import("./auth/link-pages.tsx"), "ResetPage"),
});
const confirm = createRoute({
  getParentRoute: () => root,
  path: "/confirm",
  component: lazyPage(() => import("./auth/link-pages.tsx"), "ConfirmPage"),
});

const changePassword = createRoute({
  getParentRoute: () => root,
  path: "/change-password",
  beforeLoad: async ({ context }) => {
    const { account } = await context.client.ensureQueryData(sessionQuery);
    if (!account) throw redirect({ to: "/sign-in" });
  },
  component: lazyPage(() => import("./auth/change-password-page.tsx"), "ChangePasswordPage"),
});

const verify = createRoute({
  getParentRoute: () => root,
  path: "/verify",
  component: lazyPage(() => import("./auth/verify-page.tsx"), "VerifyPage"),
});
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  beforeLoad: async ({ context }) => {
    const { account, limitation } = await context.client.ensureQueryData(sessionQuery);
    if (!account) throw redirect({ to: "/sign-in" });
    if (limitation !== "second-factor") throw redirect({ to: "/account/security" });
  },
  component: lazyAccountPage(() => import("./auth/second-factor-page.tsx"), "SecondFactorPage"),
});

const home = createRoute({ getParentRoute: () => signedIn, path: "/", component: HomePage });
const workspaces = createRoute({
  getParentRoute: () => signedIn,
  path: "/workspaces",
  loader: askAhead("workspaces"),
  component: lazyPage(() => import("./workspaces/workspaces-page.tsx"), "WorkspacesPage"),
});
const workspace = createRoute({
  getParentRoute: () => signedIn,
  path: "/workspaces/$workspaceId",
  validateSearch: (search): { at?: string; path?: string; file?: string; edit?: true } => ({
    // The moment that is looked back at.
    ...(isText(search.at) ? { at: search.at } : {}),
    ...(isText(search.path) ? { path: search.path } : {}),
    ...(isText(search.file) ? { file: search.file } : {}),
    ...(search.edit === true ? { edit: true } : {}),
  }),
  component: lazyPage(() => import("./workspaces/workspace-page.tsx"), "WorkspacePage"),
});
const trash = createRoute({
  getParentRoute: () => signedIn,
  path: "/trash",
  validateSearch: (search): { workspace?: number } =>
    Number.isSafeInteger(search.workspace) ? { workspace: Number(search.workspace) } : {},
  component: lazyPage(() => import("./workspaces/trash/trash-page.tsx"), "TrashPage"),
});
/** Which of the sessions that have ended are listed. */
export interface HistorySearch {
  readonly state?: "complete" | "failed";
  readonly program?: string;
  readonly workspace?: number;
  readonly find?: string;
}
const sessions = createRoute({
  getParentRoute: () => signedIn,
  path: "/sessions",
  validateSearch: (search): HistorySearch => ({
    ...(search.state === "complete" || search.state === "failed" ? { state: search.state } : {}),
    ...(isText(search.program) ? { program: search.program } : {}),
    ...(Number.isSafeInteger(search.workspace) ? { workspace: Number(search.workspace) } : {}),
    ...(typeof search.find === "number" || isText(search.find) ? { find: String(search.find) } : {}),
  }),
  loader: askAhead("sessions"),
  component: lazyPage(() => import("./sessions/sessions-page.tsx"), "SessionsPage"),
});
const session = createRoute({
  getParentRoute: () => signedIn,
  path: "/sessions/$sessionId",
  // `all`: one came from everybody's sessions, and goes back there.
  validateSearch: texts("from"),
  component: lazySessionPage(() => import("./sessions/session-page.tsx"), "SessionPage"),
});
const sharedSession = createRoute({
  getParentRoute: () => signedIn,
  path: "/shared-sessions/$sessionId",
  component: lazySessionPage(() => import("./sessions/viewers/shared-session-page.tsx"), "SharedSessionPage"),
});
const storage = createRoute({
  getParentRoute: () => signedIn,
  path: "/storage",
  component: lazyStoragePage(() => import("./storage/own/own-page.tsx"), "OwnStoragePage"),
});
const jupyter = createRoute({
  getParentRoute: () => signedIn,
  path: "/jupyter",
  component: lazyJupyterPage(() => import("./hub/jupyter-page.tsx"), "JupyterPage"),
});
const openJupyter = createRoute({
  getParentRoute: () => signedIn,
  path: "/jupyter/open",
  validateSearch: texts("server"),
  component: lazyJupyterPage(() => import("./hub/way-in/open-page.tsx"), "OpenPage"),
});
const runs = createRoute({
  getParentRoute: () => signedIn,
  path: "/activity",
  validateSearch: texts("query", "status", "day"),
  component: lazyJupyterPage(() => import("./activity/runs-page.tsx"), "RunsPage"),
});
const activity = createRoute({
  getParentRoute: () => signedIn,
  path: "/activity/operations",
  validateSearch: texts("state", "kind"),
  loader: askAhead("activity"),
  component: lazyJupyterPage(() => import("./activity/activity-page.tsx"), "ActivityPage"),
});
const groups = createRoute({
  getParentRoute: () => signedIn,
  path: "/groups",
  component: lazyPage(() => import("./groups/groups-page.tsx"), "GroupsPage"),
});
const group = createRoute({
  getParentRoute: () => signedIn,
  path: "/groups/$groupId",
  component: lazyPage(() => import("./groups/group-page.tsx"), "GroupPage"),
});
const accountPages = () => import("./account/account-pages.tsx");
const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyAccountPage(accountPages, "ProfilePage"),
});
const accountLook = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/look",
  component: lazyAccountPage(accountPages, "LookPage"),
});
const accountSecurity = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/security",
  component: lazyAccountPage(accountPages, "SecurityPage"),
});
const accountTokens = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/tokens",
  component: lazyAccountPage(accountPages, "TokensPage"),
});
const webhooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/webhooks",
  component: lazyWebhookPage(() => import("./webhooks/own-webhooks-page.tsx"), "OwnWebhooksPage"),
});
const webhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/webhooks/$webhookId",
  validateSearch: texts("state", "type", "delivery"),
  component: lazyWebhookPage(() => import("./webhooks/webhook-page.tsx"), "OwnWebhookPage"),
});
const accountData = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/data",
  component: lazyAccountPage(accountPages, "DataPage"),
});
const ownNotices = createRoute({
  getParentRoute: () => signedIn,
  path: "/notices",
  validateSearch: texts("unread", "about"),
  component: lazyPage(() => import("./notices/notices-page.tsx"), "NoticesPage"),
});
const chooseNotices = createRoute({
  getParentRoute: () => signedIn,
  path: "/notices/choose",
  component: lazyPage(() => import("./notices/choose-page.tsx"), "ChoosePage"),
});
const help = createRoute({
  getParentRoute: () => signedIn,
  path: "/help",
  component: lazyPage(() => import("./help/help-page.tsx"), "HelpPage"),
});

const routeTree = root.addChildren([
  signIn,
  register,
  forgotten,
  reset,
  confirm,
  changePassword,
  verify,
  secondFactor,
  signedIn.addChildren([
    home,
    workspaces,
    workspace,
    trash,
    sessions,
    session,
    sharedSession,
    storage,
    jupyter,
    openJupyter,
    runs,
    activity,
    groups,
    group,
    account,
    accountLook,
    accountSecurity,
    accountTokens,
    webhooks,
    webhook,
    accountData,
    ownNotices,
    chooseNotices,
    help,
    adminTree,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    basepath: "/portal",
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: MissingPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
  interface HistoryState {
    /** Of somebody who has just registered: the sign-in page needn't ask for it. Not in the address, which is logged. */
    username?: string;
  }
}
