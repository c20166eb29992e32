import type { WebSession } from "../api/types.ts";
import { forgetPerson, ownerKey, readOwner } from "./forget-person.ts";

/**
 * Who has signed in, or that nobody is signed in any more. A sign-in that only ran out leaves what was typed to
 * whoever it was; it goes once somebody else signs in here, and when a sign-in was ended. Who acts as somebody is
 * still who they are.
 */
export function noteWhoIsHere({ account, acting, can_return, ran_out }: WebSession): void {
  const owner = readOwner();
  if (account === null) {
    if (owner !== null && !ran_out && !can_return) forgetPerson();
    return;
  }
  const here = String(acting?.by.id ?? account.id);
  if (owner === here) return;
  if (owner !== null) forgetPerson();
  write(here);
}

function write(owner: string): void {
  try {
    localStorage.setItem(ownerKey, owner);
  } catch {
    // Refused by the browser's settings: drafts are of an account by their own names all the same.
  }
}
