import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Display, Me, Page, PersonalToken } from "./types.ts";

const base = "/api/stoa/v1/account";

export type Profile = Partial<Pick<Me, "full_name" | "organization" | "email" | "locale" | "directory_visible">> & {
  /** Needed to change the e-mail address. */
  readonly current_password?: string;
};

export const updateAccount = (changes: Profile) => call<Me>("PATCH", base, { body: changes });

export const updateDisplay = (changes: Partial<Display>) =>
  call<Display>("PATCH", `${base}/display`, { body: changes });

export const tokensQuery = queryOptions({
  queryKey: ["account", "tokens"],
  queryFn: ({ signal }) => call<Page<PersonalToken>>("GET", `${base}/tokens`, { signal }),
});

export interface NewToken {
  readonly label: string;
  readonly scopes: readonly string[];
  /** ISO date or date-time; left out: the server's longest. */
  readonly expiry?: string;
}

/** The secret is in this answer only. */
export const createToken = (token: NewToken) =>
  call<{ key_id: string; token: string }>("POST", `${base}/tokens`, { body: token });

export const revokeToken = (keyId: string) => call<void>("DELETE", `${base}/tokens/${encodeURIComponent(keyId)}`);

/** `delivered` false: there is no mail server, and an administrator has to pass the mail on. */
export const resendVerification = () =>
  call<{ sent_to: string; delivered: boolean }>("POST", `${base}/email-verification`, { body: {} });

export const completeVerification = (token: string) =>
  call<Me>("POST", `${base}/email-verification/complete`, { body: { token } });
