import { randomUUID } from "node:crypto";
import type { BrowserContext, Route } from "playwright-core";
import type { DataKind } from "./looks.ts";

const isCall = (route: Route) => ["fetch", "xhr"].includes(route.request().resourceType());
/** Without it nobody is signed in, and every page is the one before sign-in. */
const isWhoAmI = (route: Route) => route.request().url().includes("/auth/session");

/** The server's answers to a page's calls, as this kind of data has them; those that others give go through. */
export async function answerAs(kind: DataKind, context: BrowserContext): Promise<void> {
  if (kind !== "loading" && kind !== "error" && kind !== "away") return;
  await context.route("**/*", async (route) => {
    if (!isCall(route) || isWhoAmI(route)) return route.fallback();
    if (kind === "error") return refuse(route);
    if (kind === "away") return route.abort("connectionrefused");
    // Held back until the page is closed.
  });
}

/** A fault of ours and a service that is busy, by turns. */
function refuse(route: Route): Promise<void> {
  const internal = route.request().url().length % 2 === 0;
  const problem = {
    type: `urn:stoa:error:${internal ? "internal" : "unavailable"}`,
    title: internal ? "Internal Server Error" : "Service Unavailable",
    status: internal ? 500 : 503,
    detail: internal ? "Something went wrong here. It has been noted." : "The database does not answer. Try again.",
    code: internal ? "internal" : "unavailable",
    request_id: randomUUID(),
    details: {},
  };
  return route.fulfill({
    status: problem.status,
    contentType: "application/problem+json",
    body: JSON.stringify(problem),
  });
}

/** The session's answer with this besides. */
export async function sessionSays(context: BrowserContext, more: Readonly<Record<string, unknown>>): Promise<void> {
  await context.route("**/auth/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...more } });
  });
}
