import type {} from "fastify";
import type { Limitation, Principal, Scope } from "../principal.ts";

/** Whose shape an address answers in; also decides which credentials are good there. */
export type Dialect = "storage" | "portal" | "workspaces" | "playgrounds" | "pools" | "stoa" | "web";

/** Who may call a route. Deny by default: a route without it stops the start. */
export type Access =
  | { readonly public: string } // the reason, listed by the walk test
  | {
      readonly scope: Scope;
      readonly admin?: true;
      /** Not by a token that a program keeps, whatever its scopes: what opens an account, or shows secrets. */
      readonly signIn?: true;
    };

/** Stands in every route's `config`; checked when the route is added. */
export interface RoutePolicy {
  readonly dialect: Dialect;
  readonly access: Access;
  /** The audit action that a write leaves (`workspace.create`); reads leave it out. */
  readonly audit?: string;
  /** Another that it leaves besides or instead, by what was asked. */
  readonly auditOr?: string;
  /** For a write that truly leaves none (a dry run, a search by POST): why. */
  readonly auditExempt?: string;
  /** For a method that may write: open also while everybody's writes wait. It only asks, or concerns one's own pages. */
  readonly openInMaintenance?: true;
  /** Named limit of `platform/http/rate-limits.ts`; left out: the general one. */
  readonly rateLimit?: string;
  /** Open even while the password must be changed first. */
  readonly allowWhilePasswordChange?: true;
  /** Open even to somebody whose account is limited so: it leads out of it, or shows how things stand. */
  readonly openWhile?: readonly Limitation[];
  /** Open even to an administrator who acts as somebody, though it is about the account: it opens nothing of it. */
  readonly openWhileActing?: true;
  /** Not for an administrator who acts as somebody, though it is not about the account: it would outlive the acting. */
  readonly closedWhileActing?: true;
}

declare module "fastify" {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
  interface FastifyRequest {
    /** Null on public routes when nobody proved anything. */
    principal: Principal | null;
    /** The language of this answer: Accept-Language, else the account's, else the configured one. */
    locale: "en" | "fa";
  }
}
