import { AccountRefusal } from "./refusals.ts";

/** Contract 2's rule for a user name. */
export const USERNAME = /^[a-z0-9._-]{3,20}$/;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
const EMAIL = /^[^\s@"'<>(),;:\\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
// Control and format characters (right-to-left overrides among them) make one name look like another.
// ZWNJ and ZWJ stay: Persian names are written with them.
const UNSHOWABLE = /[\p{Cc}\p{Co}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u;

/** The key that user names are unique by: NFC, lower case. */
export function usernameKey(username: string): string {
  return username.normalize("NFC").toLowerCase();
}

/** @throws AccountRefusal username_rule */
export function checkedUsername(value: unknown): string {
  if (typeof value !== "string" || !USERNAME.test(value)) throw new AccountRefusal("username_rule");
  return value;
}

/** Lower case, trimmed. @throws AccountRefusal email_rule */
export function checkedEmail(value: unknown): string {
  if (typeof value !== "string") throw new AccountRefusal("email_rule");
  const email = value.trim().normalize("NFC").toLowerCase();
  if (email.length > 254 || !EMAIL.test(email) || UNSHOWABLE.test(email)) throw new AccountRefusal("email_rule");
  return email;
}

/** Trimmed, NFC. @throws AccountRefusal full_name_rule (blank) or text_too_long */
export function checkedFullName(value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw new AccountRefusal("full_name_rule");
  return checkedText(value);
}

/** Null when absent or blank. @throws AccountRefusal text_too_long */
export function checkedOrganization(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new AccountRefusal("text_too_long");
  return checkedText(value) || null;
}

/** False for a text with characters that can't be seen, or make it look like another. */
export function isShowable(text: string): boolean {
  return !UNSHOWABLE.test(text);
}

function checkedText(value: string): string {
  const text = value.trim().normalize("NFC");
  if (text.length > 200 || UNSHOWABLE.test(text)) throw new AccountRefusal("text_too_long");
  return text;
}

/** A new password: 8 to 256 characters of any kind. @throws AccountRefusal password_rule or password_too_long */
export function checkedPassword(value: unknown): string {
  if (typeof value !== "string") throw new AccountRefusal("password_rule");
  const length = [...value.slice(0, PASSWORD_MAX * 2 + 1)].length;
  if (length < PASSWORD_MIN) throw new AccountRefusal("password_rule");
  if (length > PASSWORD_MAX) throw new AccountRefusal("password_too_long");
  return value;
}

/** True when the address is of one of the domains (of itself, not of what is below it). */
export function isOfDomain(email: string, domains: readonly string[]): boolean {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return domains.some((allowed) => allowed.toLowerCase().replace(/^@/, "") === domain);
}
