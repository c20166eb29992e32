import { call } from "./client.ts";
import type { WebSession } from "./types.ts";

const base = "/api/stoa/v1/auth";

export const changePassword = (current_password: string, new_password: string) =>
  call<WebSession | undefined>("POST", `${base}/password`, { body: { current_password, new_password } });

export const requestReset = (login: string) => call<void>("POST", `${base}/reset/request`, { body: { login } });

export const completeReset = (token: string, new_password: string) =>
  call<void>("POST", `${base}/reset/complete`, { body: { token, new_password } });

/** Whose a link is that can still be used; uses nothing up. `first`: nobody has signed in to the account yet. */
export const whoseReset = (token: string) =>
  call<{ username: string; full_name: string; first: boolean }>("POST", `${base}/reset/whose`, { body: { token } });

/** Contract 2's registration. */
export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly full_name: string;
  readonly password: string;
  readonly organization?: string;
}

export const register = (body: Registration) =>
  call<{ message: string; details: { username: string } }>("POST", "/api/register", { body });

/** Opens an account that waits for its address to be confirmed. */
export const confirmRegistration = (token: string, password: string) =>
  call<unknown>("POST", `${base}/confirm`, { body: { token, password } });
