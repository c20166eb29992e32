import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Authenticator } from "../platform/http/authenticator.ts";
import { createHttpServer, type HttpServerOptions } from "../platform/http/server.ts";
import type { Platform } from "../platform/platform.ts";
import type { CredentialKind, Principal, Scope } from "../platform/principal.ts";
import { createTestPlatform, type TestPlatform } from "./test-platform.ts";

/** A principal for tests: account 1, every scope, unless said otherwise. */
export function testPrincipal(changes: Partial<Principal> & { kind?: CredentialKind } = {}): Principal {
  const { kind = "pat", ...rest } = changes;
  return {
    accountId: 1,
    label: "ann",
    isAdmin: false,
    scopes: new Set<Scope | "*">(["*"]),
    credential: { kind, id: `test-${kind}`, expiresAt: null },
    mustChangePassword: false,
    ...rest,
  };
}

/** Knows the secrets it is given: `{ "zpat_ann": testPrincipal() }`. What kind each is decides where it is found. */
export function createTestAuthenticator(principals: Readonly<Record<string, Principal>>): Authenticator & {
  readonly uses: string[];
} {
  const uses: string[] = [];
  const find =
    (...kinds: CredentialKind[]) =>
    async (secret: string) => {
      const principal = Object.hasOwn(principals, secret) ? principals[secret] : undefined;
      return principal !== undefined && kinds.includes(principal.credential.kind) ? principal : null;
    };
  return {
    bearer: find("jwt", "pat", "session-token"),
    cookie: find("cookie"),
    uwsToken: find("uws-token"),
    apiKey: find("api-key"),
    verificationToken: find("verification-token"),
    noteUse: (principal, address) => uses.push(`${principal.credential.id} ${address}`),
    uses,
  };
}

/** The principals of a test server that names none: an admin, a person, and one of each service's keys. */
export const testPrincipals = {
  zpat_admin: testPrincipal({ accountId: 1, label: "admin", isAdmin: true }),
  zpat_ann: testPrincipal({ accountId: 2, label: "ann" }),
  zpat_none: testPrincipal({ accountId: 2, label: "ann", scopes: new Set() }),
  cookie_ann: testPrincipal({ accountId: 2, label: "ann", kind: "cookie" }),
  uws_ann: testPrincipal({ accountId: 2, label: "ann", kind: "uws-token" }),
  key_storage: testPrincipal({ accountId: null, label: "storage key", kind: "api-key" }),
  token_playgrounds: testPrincipal({ accountId: null, label: "verification token", kind: "verification-token" }),
} as const satisfies Record<string, Principal>;

export interface TestServer {
  readonly app: FastifyInstance;
  readonly platform: TestPlatform;
}

/**
 * A server on stand-ins, ready for `app.inject()`; strict: an undeclared status or a wrong shape fails.
 * Close it with `app.close()`.
 */
export async function createTestServer(options: {
  readonly routes: readonly FastifyPluginAsync[];
  /** Left out: knows `testPrincipals`. */
  readonly authenticator?: Authenticator;
  readonly platform?: Partial<Platform>;
  readonly intercept?: HttpServerOptions["intercept"];
}): Promise<TestServer> {
  const platform = createTestPlatform(options.platform);
  const app = await createHttpServer({
    platform,
    authenticator: options.authenticator ?? createTestAuthenticator(testPrincipals),
    routes: options.routes,
    strict: true,
    ...(options.intercept === undefined ? {} : { intercept: options.intercept }),
  });
  return { app, platform };
}
