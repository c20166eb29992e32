import type { Locale } from "./words.ts";

export const password = "a quiet colonnade";

export interface Registered {
  readonly username: string;
  readonly fullName: string;
  readonly email: string;
}

let made = 0;

/** Somebody new, by the public registration, with `password`. */
export async function register(base: string, locale: Locale): Promise<Registered> {
  const username = `r${locale}${made++}${Date.now().toString(36)}`;
  const fullName = `Shirin ${username}`;
  const email = `${username}@example.org`;
  const answer = await fetch(`${base}/api/register`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: base },
    body: JSON.stringify({ username, email, full_name: fullName, password }),
  });
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  return { username, fullName, email };
}
