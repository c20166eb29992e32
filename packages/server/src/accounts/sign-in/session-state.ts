import type { IncomingHttpHeaders } from "node:http";
import { type Static, Type } from "typebox";
import serverPackage from "../../../package.json" with { type: "json" };
import { createCsrfTokens } from "../../platform/http/csrf.ts";
import { accountOf } from "../account.ts";
import type { AccountsContext } from "../context.ts";
import { Display, displayOf } from "../display/display.ts";
import { findKept } from "../impersonation/kept-sign-in.ts";
import { actingNow, actingOf } from "../impersonation/queries.ts";
import { keptSignInOf, ownSecretOf } from "../impersonation/return-cookie.ts";
import { ActedAsItem, presentActedAs } from "../impersonation/schema.ts";
import { limitationOf } from "../limitation.ts";
import { findAccount } from "../queries.ts";
import { registrationMode } from "../registration/mode.ts";
import { LocaleName, Me, presentMe } from "../schema.ts";
import { createWebSessions } from "../web-sessions/web-sessions.ts";

/** What the portal needs to know, before and after somebody signs in. */
export const SessionState = Type.Object({
  account: Type.Union([Me, Type.Null()]),
  display: Type.Union([Display, Type.Null()], {
    description: "How the portal looks to the person; null: nothing was ever chosen.",
  }),
  csrf_token: Type.String({ description: "For the header X-CSRF-Token of writes; empty without a web session." }),
  registration: Type.Union([Type.Literal("open"), Type.Literal("closed"), Type.Literal("domains")]),
  default_locale: LocaleName,
  version: Type.String(),
  features: Type.Record(Type.String(), Type.Boolean(), {
    description:
      "`mail`: a forgotten password is reset by mail; without it an administrator makes a link. `group_creation`: everybody makes groups, not administrators alone. `find_everyone`: the directory shows everyone; `find_nobody`: nobody; neither: those of the own groups. `session_looking`: running terminals may be shown to others. `session_acting`: running programs may be shared too, with whoever may act as their owner.",
  }),
  must_change_password: Type.Boolean(),
  limitation: Type.Union(
    [Type.Literal("second-factor"), Type.Literal("deletion"), Type.Literal("unverified"), Type.Null()],
    {
      description:
        "What stands between the person and the rest: a second factor to set up, a deletion under way (only looking, exporting and cancelling are open), an e-mail address to verify (only looking is open).",
    },
  ),
  acting: Type.Union([ActedAsItem, Type.Null()], {
    description: "By which administrator this very session acts as the account, until when and why; null: by nobody.",
  }),
  acted_as_by: Type.Array(ActedAsItem, {
    description: "Administrators who act as the account now, elsewhere: its owner sees it at once.",
  }),
  can_return: Type.Boolean({
    description:
      "Nobody is signed in, acting as somebody is over for at most twelve hours, nobody has signed in or out here since, and the administrator's own sign-in stands: `/auth/acting/stop` returns to it.",
  }),
  ran_out: Type.Boolean({
    description:
      "Nobody is signed in, and the browser's sign-in only grew too old: nobody ended it. What the person typed may wait for them.",
  }),
});
export type SessionState = Static<typeof SessionState>;

/** Whose state is wanted: nobody's, or an account's with, by cookie, the session's id. */
export interface Whose {
  readonly accountId: number | null;
  readonly webSessionId: string | null;
}

/** Takes the headers of the request that asks: registration may be closed to it alone. */
export function createSessionState(
  context: AccountsContext,
): (whose: Whose, headers: IncomingHttpHeaders) => Promise<SessionState> {
  const { config, mail, secrets } = context.platform;
  const csrf = createCsrfTokens(secrets);
  const canReturn = createCanReturn(context);
  const hasRunOut = createHasRunOut(context);
  return async ({ accountId, webSessionId }, headers) => {
    const account = accountId === null ? null : await findAccount(context.db, accountId);
    const acting = webSessionId === null ? null : await actingOf(context.db, webSessionId);
    // Who acts sees it in `acting`; the others are for the person's own eyes.
    const others = accountId === null || acting !== null ? [] : await actingNow(context.db, accountId);
    return {
      account: account && presentMe(accountOf(account)),
      display: account && (await displayOf(context.db, account.id)),
      csrf_token: webSessionId === null ? "" : csrf.tokenFor(webSessionId),
      registration: registrationMode(config, headers),
      default_locale: config.defaultLocale,
      version: serverPackage.version,
      features: {
        mail: mail.delivers,
        group_creation: config.people.groupCreation === "everyone",
        find_everyone: config.people.directory === "everyone",
        find_nobody: config.people.directory === "nobody",
        session_looking: config.sessions.sharing !== "off",
        session_acting: config.sessions.sharing === "act",
      },
      must_change_password: account?.must_change_password ?? false,
      limitation: account && limitationOf(account, config),
      acting: acting && presentActedAs(acting),
      acted_as_by: others.map(presentActedAs),
      can_return: account === null && (await canReturn(headers)),
      ran_out: account === null && (await hasRunOut(headers)),
    };
  };
}

/** Whether the browser kept an administrator's own sign-in while it acted as somebody, and that still stands. */
function createCanReturn(context: AccountsContext): (headers: IncomingHttpHeaders) => Promise<boolean> {
  const webSessions = createWebSessions(context);
  return async (headers) => {
    const kept = keptSignInOf({ headers }, context.platform.config);
    return kept !== null && (await findKept(context, webSessions, kept)) !== null;
  };
}

/** Whether the browser still brings a sign-in that grew too old. */
function createHasRunOut(context: AccountsContext): (headers: IncomingHttpHeaders) => Promise<boolean> {
  const webSessions = createWebSessions(context);
  return async (headers) => {
    const secret = ownSecretOf({ headers }, context.platform.config);
    return secret !== null && (await webSessions.hasRunOut(secret));
  };
}
