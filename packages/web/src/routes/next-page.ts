import { defaultParseSearch } from "@tanstack/react-router";

/** The pages that nobody needs to be signed in for: a sign-in that leads back to them would look as if it had failed. */
const before = /^\/(?:sign-in|register|forgotten|reset|confirm)(?:[/?#]|$)/;

/** While one of these comes, whoever is signed out is on the way already. */
export const isBeforeSignIn = (path: string): boolean => before.test(path);

/** Where a sign-in leads: a page of the portal behind it. Anything else (another site, the sign-in itself) becomes Home. */
export function nextPage(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) && !isBeforeSignIn(next) ? next : "/";
}

/** That address, for the router: what is behind its question mark belongs to the page as well. */
export function placeOf(next: string): { to: string; search: Record<string, unknown> } {
  const [to = "/", ...query] = next.split("?");
  return { to, search: query.length === 0 ? {} : defaultParseSearch(query.join("?")) };
}
