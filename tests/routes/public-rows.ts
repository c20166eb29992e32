import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { PASSWORD, register, unique } from "./ground.ts";
import { actingBrowser } from "./people-rows.ts";
import type { PublicRow } from "./row.ts";
import { secondStep } from "./second-factors.ts";
import { resetToken } from "./things.ts";

const assets = path.join(import.meta.dirname, "../../packages/web/dist/assets");
const asset = existsSync(assets) ? readdirSync(assets)[0] : undefined;
const documents = ["storage", "portal", "workspaces", "playgrounds", "pools", "stoa"];

const proof = (what: string) => `${what} is the proof of who calls.`;
const documentation = "How the APIs are used is in every copy of the source.";
const portalFiles = "The portal's pages hold nobody's data; what they show asks again.";

/** Everything that anybody may call, and why. A route that is not here needs a credential. */
export const publicRows: readonly PublicRow[] = [
  {
    route: "POST /api/register",
    why: "People register before they can sign in; the mode is the operator's.",
    status: 201,
    call() {
      const username = unique("joins");
      return { body: { username, email: `${username}@example.org`, full_name: "A Person", password: PASSWORD } };
    },
  },
  {
    route: "POST /api/stoa/v1/auth/confirm",
    why: proof("The mailed link, with the password,"),
    status: 204,
    async call(ground) {
      const username = unique("confirms");
      await register(ground.call, username);
      return { body: { token: await ground.mailedToken(username), password: PASSWORD } };
    },
  },
  {
    route: "POST /api/token",
    why: proof("The password"),
    status: 200,
    call: ({ owner }) => ({
      body: `username=${owner.username}&password=${PASSWORD.replaceAll(" ", "+")}`,
      type: "application/x-www-form-urlencoded",
    }),
  },
  {
    route: "POST /tokens",
    why: proof("The password"),
    status: 200,
    call: ({ owner }) => ({ body: { username: owner.username, password: PASSWORD } }),
  },
  {
    route: "GET /api/stoa/v1/auth/session",
    why: "The portal asks it before sign-in, and learns what is configured.",
    status: 200,
    call: () => ({}),
  },
  {
    route: "GET /api/stoa/v1/announcements/current",
    why: "The page of signing in shows what is public; whoever is signed in sees what is for them.",
    status: 200,
    call: () => ({}),
  },
  {
    route: "POST /api/stoa/v1/auth/sign-in",
    why: proof("The password"),
    status: 200,
    call: ({ owner }) => ({ body: { username: owner.username, password: PASSWORD } }),
  },
  {
    route: "POST /api/stoa/v1/auth/second-factor",
    why: proof("The code, with the cookie of the first step,"),
    status: 200,
    call: async (ground) => secondStep(ground),
  },
  {
    route: "POST /api/stoa/v1/auth/acting/stop",
    why: "The browser's own cookies are the proof, and the acting may be over.",
    status: 200,
    call: actingBrowser,
  },
  {
    route: "POST /api/stoa/v1/auth/confirm/resend",
    why: "Who has not confirmed yet can't sign in; the answer is always the same.",
    status: 202,
    async call(ground) {
      const username = unique("waits");
      await register(ground.call, username);
      const old =
        "update account_links set created_at = now() - interval '1 hour' where account_id = (select id from accounts where username = $1)";
      await ground.database.pool.query(old, [username]);
      return { body: { login: username } };
    },
  },
  {
    route: "POST /api/stoa/v1/auth/reset/request",
    why: "Who forgot the password can't sign in; the answer is always the same.",
    status: 202,
    call: ({ other }) => ({ body: { login: other.username } }),
  },
  {
    route: "POST /api/stoa/v1/auth/reset/whose",
    why: proof("The one-time link"),
    status: 200,
    call: async (ground) => ({ body: { token: await resetToken(ground, await ground.newPerson("asks")) } }),
  },
  {
    route: "POST /api/stoa/v1/auth/reset/complete",
    why: proof("The one-time link"),
    status: 204,
    async call(ground) {
      const token = await resetToken(ground, await ground.newPerson("forgets"));
      return { body: { token, new_password: "another long password" } };
    },
  },
  { route: "GET /status", why: "Contract 3: public.", status: 200, call: () => ({}) },
  { route: "GET /job_types", why: "Contract 3: public.", status: 200, call: () => ({}) },
  { route: "GET /parameters", why: "Contract 3: public.", status: 200, call: () => ({}) },
  { route: "GET /health", why: "Load balancers ask it, and have no credential.", status: 200, call: () => ({}) },
  ...[
    "/openapi.json",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    ...documents.map((name) => `/openapi/${name}.json`),
    "/docs",
  ].map((address) => ({
    route: `GET ${address}`,
    why: documentation,
    status: 200,
    call: () => ({}),
  })),
  ...["/docs/scalar.js", "/docs/start.js"].map((address) => ({
    route: `GET ${address}`,
    why: documentation,
    status: 200,
    call: () => ({}),
  })),
  {
    route: "OPTIONS /api/stoa/v1/workspaces/:id/uploads",
    why: "A client of the tus protocol asks what the server can do before it has a token; the answer is the same to all.",
    status: 204,
    call: () => ({ params: { id: 1 } }),
  },
  { route: "GET /", why: portalFiles, status: 302, call: () => ({}) },
  { route: "GET /portal", why: portalFiles, status: 200, call: () => ({}) },
  { route: "GET /portal/*", why: portalFiles, status: 200, call: () => ({ params: { "*": "workspaces" } }) },
  {
    route: "GET /portal/assets/*",
    why: portalFiles,
    // Built before the tests in CI, and not everywhere else.
    status: asset === undefined ? 404 : 200,
    call: () => ({ params: { "*": asset ?? "none.js" } }),
  },
  { route: "GET /portal/away-worker.js", why: portalFiles, status: asset === undefined ? 404 : 200, call: () => ({}) },
];
