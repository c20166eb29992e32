import type { ErrorCode } from "../../platform/errors/catalogue.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { checkedEmail } from "../identity-rules.ts";
import { AccountRefusal } from "../refusals.ts";
import { externalName } from "../service-accounts/linked-people.ts";

/** Why a service gets no token, in contract 3's shape: one text for all that it is not to tell apart. */
const texts = {
  client_token: { code: "unauthenticated", message: "Invalid client_token provided." },
  not_a_client: {
    code: "unauthenticated",
    message: "This client is not in the group api_clients. Ask an administrator to add it.",
  },
  no_person: { code: "unauthenticated", message: "Missing username or email in user_info." },
  email: { code: "invalid", message: "The email in user_info is not an e-mail address." },
  deactivated: { code: "forbidden", message: "This person's account has been deactivated. Ask an administrator." },
  // An administrator, a service, somebody who registered here, a name or an address that somebody has: all the same.
  not_theirs: {
    code: "forbidden",
    message: "This client gets no tokens for this person. An administrator can link the person's account to it.",
  },
} as const satisfies Record<string, { code: ErrorCode; message: string }>;

export type ClientRefusal = keyof typeof texts;

export function clientRefusal(reason: ClientRefusal): StoaError {
  const { code, message } = texts[reason];
  return new StoaError(code, { message, details: { reason } });
}

/** For whom a service wants a token: the name it calls them by, and their address. */
export interface WantedPerson {
  readonly externalName: string;
  readonly email: string;
}

/** @throws clientRefusal no_person or email */
export function readUserInfo(userInfo: unknown): WantedPerson {
  const info = typeof userInfo === "object" && userInfo !== null ? userInfo : {};
  const name = externalName(Reflect.get(info, "username"));
  const email: unknown = Reflect.get(info, "email");
  if (name === null || typeof email !== "string" || email.trim() === "") throw clientRefusal("no_person");
  try {
    return { externalName: name, email: checkedEmail(email) };
  } catch (error) {
    throw error instanceof AccountRefusal ? clientRefusal("email") : error;
  }
}
