import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { sessionQuery } from "../api/auth.ts";
import { CrashPage, MissingAlone } from "../frame/error-pages.tsx";
import { SignedIn } from "../frame/signed-in.tsx";
import {
  accountWords,
  allWords,
  jupyterWords,
  openedWords,
  operatorWords,
  storageWords,
  webhookWords,
} from "../locales/i18n.ts";
import type { asks } from "./fetch-ahead.ts";

/** A page that comes when it is asked for, with the words that Home does without. */
export const lazyPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(page, allWords), name);

/** An operator's page, with its words. */
export const lazyOperatorPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(page, operatorWords), name);

/** A page of storage, with its words. */
export const lazyStoragePage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(page, storageWords), name);

/** A page of one's account, with its words. */
export const lazyAccountPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, allWords), accountWords), name);

/** A session's page, with the words of what runs in it. */
export const lazySessionPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, allWords), openedWords), name);

/** A page of Jupyter, or of what ran there, with its words. */
export const lazyJupyterPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, allWords), jupyterWords), name);

/** An operator's page of storage, with both. */
export const lazyAllStoragePage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, storageWords), operatorWords), name);

/** A page of webhooks, with its words. */
export const lazyWebhookPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, allWords), webhookWords), name);

/** An operator's page of webhooks, with both. */
export const lazyAllWebhooksPage: typeof lazyRouteComponent = (page, name) =>
  lazyRouteComponent(() => withWords(() => withWords(page, webhookWords), operatorWords), name);

async function withWords<Module>(page: () => Promise<Module>, words: () => Promise<void>): Promise<Module> {
  const [module] = await Promise.all([page(), words()]);
  return module;
}

/** A route's loader that has its page's data asked for; it holds nobody up, and Home comes without what it needs. */
export const askAhead =
  (page: keyof typeof asks) =>
  ({ context: { client } }: { context: RouterContext }): void =>
    void import("./fetch-ahead.ts").then(({ asks }) => asks[page](client)).catch(() => {});

interface RouterContext {
  readonly client: QueryClient;
}

export const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  errorComponent: CrashPage,
  notFoundComponent: MissingAlone,
});

/** Everything that only who is signed in sees. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session.account) throw redirect({ to: "/sign-in", search: { next: location.pathname + location.searchStr } });
    if (session.must_change_password) throw redirect({ to: "/change-password" });
    if (session.limitation === "second-factor") throw redirect({ to: "/second-factor" });
    return { account: session.account };
  },
  component: SignedIn,
});
