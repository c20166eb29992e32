import { queryOptions } from "@tanstack/react-query";
import { call, callContext } from "./client.ts";
import type { WebSession } from "./types.ts";

const base = "/api/stoa/v1/auth";

function keep(session: WebSession): WebSession {
  callContext.csrfToken = session.csrf_token;
  callContext.onSession(session);
  return session;
}

/** Who is signed in, and what the portal needs to know before anybody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => keep(await call<WebSession>("GET", `${base}/session`, { signal })),
  staleTime: 60_000,
});

/** The password was right, and a code is asked for. */
interface SecondStep {
  readonly second_factor: true;
  readonly expires_at: string;
}

/** @returns null when a second step follows: `signInByCode` */
export async function signIn(username: string, password: string): Promise<WebSession | null> {
  const answer = await call<WebSession | SecondStep>("POST", `${base}/sign-in`, { body: { username, password } });
  return "second_factor" in answer ? null : keep(answer);
}

/** The app's six digits, or a recovery code. */
export async function signInByCode(code: string): Promise<WebSession> {
  return keep(await call<WebSession>("POST", `${base}/second-factor`, { body: { code } }));
}

export const signOut = () => call<void>("POST", `${base}/sign-out`, { body: {} });
