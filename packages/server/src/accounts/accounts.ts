import type { FastifyPluginAsync } from "fastify";
import type { Db, Trx } from "../platform/database/database.ts";
import type { Authenticator } from "../platform/http/authenticator.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { ProvenAgain } from "../platform/live-settings/routes.ts";
import type { Platform } from "../platform/platform.ts";
import { createAccessTokens } from "./access-tokens/access-tokens.ts";
import { type Account, accountOf } from "./account.ts";
import type { AccountPart, NewcomerAccount } from "./account-part.ts";
import { SYSTEM } from "./actor.ts";
import { authenticationHealth } from "./authentication-health.ts";
import { createAuthenticator } from "./authenticator.ts";
import type { AccountsContext } from "./context.ts";
import { credentialIsLive, type KnownCredential } from "./credential-liveness.ts";
import { createCredentialUse } from "./credential-use.ts";
import { exportKind } from "./data-export/data-export.ts";
import { ownPart } from "./data-export/own-part.ts";
import { dataExportRoutes } from "./data-export/routes.ts";
import { deleteAccountKind } from "./deletion/delete-account.ts";
import { deletionRoutes } from "./deletion/routes.ts";
import { displayRoutes } from "./display/routes.ts";
import { emailVerificationRoutes } from "./email-verification/routes.ts";
import { type AccountFigures, accountFigures } from "./figures.ts";
import { ensureFirstAdmin, type FirstAdmin } from "./first-admin/first-admin.ts";
import { createGroups, type Group, type Groups } from "./groups/groups.ts";
import { memberRoutes } from "./groups/member-routes.ts";
import { groupRoutes } from "./groups/routes.ts";
import { endActing } from "./impersonation/end-acting.ts";
import { impersonationRoutes } from "./impersonation/routes.ts";
import type { OneTimeLink } from "./one-time-links.ts";
import { createOldWork } from "./passwords/old-hash.ts";
import { createPasswordHasher, type PasswordCost } from "./passwords/password-hasher.ts";
import { makeResetLink } from "./passwords/password-reset.ts";
import { passwordRoutes } from "./passwords/routes.ts";
import { personAccessRoutes } from "./people/access-routes.ts";
import { accountRoutes } from "./people/account-routes.ts";
import { changeManyKind, verbsOf } from "./people/bulk/change-many.ts";
import { changeManyRoutes } from "./people/bulk/routes.ts";
import { type CreatedPerson, createPerson, type NewPerson } from "./people/create-person.ts";
import { createPersonRoutes } from "./people/create-routes.ts";
import { importKind } from "./people/csv/make-people.ts";
import { importRoutes } from "./people/csv/routes.ts";
import { whomFinds } from "./people/directory.ts";
import { directoryRoutes } from "./people/directory-routes.ts";
import { peopleOverviewRoutes } from "./people/overview-routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import { expiryNoticesKind, scheduleExpiryNotices } from "./personal-tokens/expiry-notices.ts";
import { createPersonalTokens } from "./personal-tokens/personal-tokens.ts";
import { personalTokenRoutes } from "./personal-tokens/routes.ts";
import { adminIds, findAccount, findAccounts, findByLogin } from "./queries.ts";
import { registrationRoutes } from "./registration/routes.ts";
import { provenAgain } from "./second-factor/proven-again.ts";
import { secondFactorRoutes } from "./second-factor/routes.ts";
import { resetSecondFactor } from "./second-factor/second-factor.ts";
import { clientTokenRoutes } from "./service-accounts/client-token-routes.ts";
import { linkedPeopleRoutes } from "./service-accounts/linked-people-routes.ts";
import { createServiceAccounts, type ServiceAccounts } from "./service-accounts/operator.ts";
import { serviceRoutes } from "./service-accounts/routes.ts";
import type { AccountsServices } from "./services.ts";
import { signInRoutes } from "./sign-in/routes.ts";
import { createSignIn } from "./sign-in/sign-in.ts";
import { tokenRoutes } from "./sign-in/token-routes.ts";
import type { AccountTables } from "./tables.ts";
import { scheduleTidy, tidyKind } from "./tidy.ts";
import { uwsTokenRoutes } from "./uws-tokens/routes.ts";
import { createUwsTokens } from "./uws-tokens/uws-tokens.ts";
import { createFailedSignIns } from "./web-sessions/failed-sign-ins.ts";
import { signInsRoutes } from "./web-sessions/routes.ts";
import { createWebSessions } from "./web-sessions/web-sessions.ts";

export { paged } from "./account-part.ts";
export { emailShownTo } from "./claimed-address.ts";
export { changedSince } from "./people/bulk/verbs.ts";
export { splitName } from "./people/people-queries.ts";
export type { Account, AccountPart, FirstAdmin, Group, Groups, PasswordCost };

export interface Accounts {
  readonly authenticator: Authenticator;
  readonly routes: FastifyPluginAsync;
  readonly groups: Groups;
  /** For an operator at the host. */
  readonly services: ServiceAccounts;
  /** Whether people can be recognised, by the ways' ids. */
  readonly health: HealthChecks;
  /** What another domain keeps of people: for deletion (in the order given here) and export. Before the start. */
  contribute(part: AccountPart): void;
  /** Gives somebody who comes with an import what new people get, in the transaction that makes their account. */
  welcome(trx: Trx, person: NewcomerAccount): Promise<void>;
  /** Makes `admin` when there is no administrator; the password to print, if there is one. Safe to repeat. */
  ensureFirstAdmin(): Promise<FirstAdmin>;
  /** Null when there is no such account; a deactivated one is there. */
  get(id: number): Promise<Account | null>;
  /** Those that exist, by id. @param trx one that is open: it must not wait for a second connection */
  byIds(ids: readonly number[], trx?: Trx): Promise<ReadonlyMap<number, Account>>;
  /** Active administrators' ids, as they are in this transaction. */
  admins(trx: Trx): Promise<readonly number[]>;
  /** Whom of these the viewer finds in the directory: active people, as STOA_DIRECTORY and each of them wants. */
  findable(viewerId: number, ids: readonly number[]): Promise<ReadonlySet<number>>;
  /** For the operators' overview. @param db a transaction of the asker's, bounded as they want it; or our connections */
  figures(db?: Db): AccountFigures;
  /** Whose user name or e-mail address that is; null: nobody's. */
  named(login: string): Promise<number | null>;
  /**
   * Makes a person's account, for an operator at the host.
   * @param by who asks, for the audit entry
   * @throws AccountRefusal what is wrong with the name or the address, or taken
   */
  createPerson(wanted: NewPerson, by: string): Promise<CreatedPerson>;
  /**
   * A one-time link to set a new password, for an operator at the host, by user name or e-mail address.
   * @param by who asks, for the audit entry
   * @returns null when there is no such active account
   */
  resetLinkFor(login: string, by: string): Promise<OneTimeLink | null>;
  /**
   * Takes the second factor off, for an operator at the host: the last administrator may have lost the telephone.
   * @param by who asks, for the audit entry
   * @throws AccountRefusal second_factor_absent
   * @returns false when there is no such account
   */
  resetSecondFactorOf(login: string, by: string): Promise<boolean>;
  /** Does a credential that was good once still stand, and nothing keep its owner from using it? */
  credentialIsLive(credential: KnownCredential): Promise<boolean>;
  /** Work of another domain by who is signed in and proves it once more. @throws AccountRefusal, rate_limited */
  readonly provenAgain: ProvenAgain;
  /** Ends all acting as somebody that was to last longer, on every process within 1 s. */
  endActingLongerThan(trx: Trx, minutes: number): Promise<void>;
  /** Writes what is still noted of credentials' use. */
  stop(): Promise<void>;
}

/**
 * People, their passwords and every credential they hold.
 * @param passwordCost for tests alone, which make hundreds of people: no setting leads here
 */
export function createAccounts(platform: Platform, passwordCost?: PasswordCost): Accounts {
  const db = platform.db.withTables<AccountTables>();
  const hasher = createPasswordHasher(undefined, passwordCost, createOldWork(db));
  const parts: AccountPart[] = [];
  const context: AccountsContext = {
    platform,
    db,
    hasher,
    async welcome(trx, person) {
      for (const part of parts) await part.welcome?.(trx, person);
    },
  };
  parts.push(ownPart(context));
  const accessTokens = createAccessTokens(context);
  const webSessions = createWebSessions(context);
  const uwsTokens = createUwsTokens(context);
  const personalTokens = createPersonalTokens(context);
  const use = createCredentialUse(context.db, platform.log);
  const failed = createFailedSignIns(context.db, platform.log);
  for (const kind of [deleteAccountKind(context, parts), exportKind(parts)]) platform.operations.register(kind);
  for (const kind of [expiryNoticesKind(context), tidyKind(context)]) platform.operations.register(kind);
  platform.operations.register(changeManyKind(context, () => verbsOf(context, parts)));
  platform.operations.register(importKind(context));
  scheduleExpiryNotices(context);
  scheduleTidy(context);
  const signIn = createSignIn(context, { webSessions, accessTokens, uwsTokens }, failed);

  return {
    authenticator: createAuthenticator(context, { use, accessTokens, personalTokens, webSessions, uwsTokens }),
    routes: routesOf({ context, signIn, webSessions, personalTokens, uwsTokens, parts }),
    groups: createGroups(context.db),
    services: createServiceAccounts(context),
    health: authenticationHealth(context.db, platform.config),
    contribute: (part) => void parts.push(part),
    welcome: context.welcome,
    ensureFirstAdmin: () => ensureFirstAdmin(context),
    async get(id) {
      const row = await findAccount(context.db, id);
      return row && accountOf(row);
    },
    async byIds(ids, trx) {
      const rows = await findAccounts(trx?.withTables<AccountTables>() ?? context.db, ids);
      return new Map(rows.map((row) => [row.id, accountOf(row)]));
    },
    figures: (db) => accountFigures(db?.withTables<AccountTables>() ?? context.db),
    named: async (login) => (await findByLogin(context.db, login))?.id ?? null,
    admins: (trx) => adminIds(trx.withTables<AccountTables>()),
    findable: (viewerId, ids) => whomFinds(context.db, viewerId, ids, platform.config.people.directory),
    createPerson: (wanted, by) => createPerson(context, wanted, { ...SYSTEM, label: by }),
    async resetLinkFor(login, by) {
      const account = await findByLogin(context.db, login);
      if (account?.status !== "active") return null;
      return makeResetLink(context, account.id, { ...SYSTEM, label: by });
    },
    async resetSecondFactorOf(login, by) {
      const account = await findByLogin(context.db, login);
      if (account) await resetSecondFactor(context, account.id, { ...SYSTEM, label: by });
      return account !== null;
    },
    credentialIsLive: (credential) => credentialIsLive(context.db, platform.config, credential),
    provenAgain: (...asked) => provenAgain(context, ...asked),
    endActingLongerThan: (trx, longerThan) =>
      endActing(trx.withTables<AccountTables>(), (what) => platform.revocations.revoke(trx, what), { longerThan }),
    async stop() {
      await use.stop();
      await failed.stop();
    },
  };
}

function routesOf(services: AccountsServices): FastifyPluginAsync {
  const topics = [
    registrationRoutes,
    tokenRoutes,
    signInRoutes,
    passwordRoutes,
    emailVerificationRoutes,
    signInsRoutes,
    secondFactorRoutes,
    dataExportRoutes,
    deletionRoutes,
    accountRoutes,
    displayRoutes,
    personalTokenRoutes,
    peopleOverviewRoutes,
    changeManyRoutes,
    importRoutes,
    personAccessRoutes,
    peopleRoutes,
    createPersonRoutes,
    impersonationRoutes,
    directoryRoutes,
    groupRoutes,
    memberRoutes,
    serviceRoutes,
    clientTokenRoutes,
    linkedPeopleRoutes,
    uwsTokenRoutes,
  ];
  return async (app) => {
    // Each in a scope of its own: the forms that /api/token reads are read nowhere else.
    for (const topic of topics) await app.register(topic(services));
  };
}
