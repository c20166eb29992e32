import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

const base = "/api/stoa/v1/account/second-factor";

export interface SecondFactor {
  readonly enabled: boolean;
  readonly since: string | null;
  /** For this person, by the operator's setting. */
  readonly required: boolean;
  readonly recovery_codes_left: number;
}

export const secondFactorQuery = queryOptions({
  queryKey: ["account", "second-factor"],
  queryFn: ({ signal }) => call<SecondFactor>("GET", base, { signal }),
});

/** In this answer only: the secret as text and as a picture. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
  readonly qr_svg: string;
}

export const beginSecondFactor = (current_password: string) =>
  call<Enrolment>("POST", base, { body: { current_password } });

/** @returns the recovery codes, shown once */
export const confirmSecondFactor = async (code: string): Promise<readonly string[]> =>
  (await call<{ recovery_codes: string[] }>("POST", `${base}/confirm`, { body: { code } })).recovery_codes;

export interface Proof {
  readonly current_password: string;
  readonly code: string;
}

export const replaceRecoveryCodes = async (proof: Proof): Promise<readonly string[]> =>
  (await call<{ recovery_codes: string[] }>("POST", `${base}/recovery-codes`, { body: proof })).recovery_codes;

export const disableSecondFactor = (proof: Proof) => call<void>("POST", `${base}/disable`, { body: proof });

/** For administrators, about somebody else. */
export const resetSecondFactor = (personId: number) =>
  call<void>("POST", `/api/stoa/v1/people/${personId}/second-factor/reset`, { body: {} });
