import type { Config } from "../../config/schema.ts";

/** `__Host-` binds the cookie to this very host and to TLS: no sibling name can set it. */
export function sessionCookieName(config: Pick<Config, "publicUrl">): string {
  return config.publicUrl?.startsWith("https:") ? "__Host-stoa_session" : "stoa_session";
}

/** Every value that a Cookie header gives to a name: more than one is a sibling's forgery or a mistake. */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (header === undefined || !header.includes(name)) return [];
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim());
  }
  return values;
}
