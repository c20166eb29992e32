import type { PresentAccount } from "@stoa/server/accounts/import/take-person.ts";
import { placeholderEmail, usableEmail, usableUsername } from "@stoa/server/accounts/import/usable-identity.ts";
import { readOldHash } from "@stoa/server/accounts/passwords/old-hash.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import type { Choices } from "../../importing/choices.ts";
import type { OldUser } from "../source/old-rows.ts";

/** What becomes of somebody. */
export type PersonPlan = { readonly old: OldUser } & (
  | {
      readonly fate: "take";
      readonly username: string;
      readonly email: string;
      /** Null: their number is taken here. */
      readonly keptId: number | null;
      /** Null: none that can be taken over. */
      readonly passwordHash: string | null;
      readonly notes: readonly string[];
    }
  | { readonly fate: "link"; readonly account: PresentAccount }
  | { readonly fate: "here"; readonly account: PresentAccount /** By the operator. */; readonly linked: boolean }
  | { readonly fate: "refuse"; readonly why: string }
);

export interface PeopleHere {
  readonly source: string;
  readonly imported: ReadonlyMap<number, ImportedThing>;
  /** Accounts of any of the names, addresses and numbers in question. */
  readonly present: readonly PresentAccount[];
  readonly keepable: ReadonlySet<number>;
}

/**
 * Decides about each of the old service's people, in order of their numbers. Nobody becomes an account that is
 * here because something of theirs is spelled alike: the operator says who is whom.
 * @throws StartError when this is another database than the one imported under this source's name
 */
export function planPeople(users: readonly OldUser[], choices: Choices, here: PeopleHere): PersonPlan[] {
  refuseUnknown(users, choices);
  const taken: Taken = { names: new Map(), emails: new Map() };
  for (const account of here.present) {
    taken.names.set(account.username.toLowerCase(), `the account ${account.username} here`);
    taken.emails.set(account.email, `the account ${account.username} here`);
  }
  return users.map((old) => planPerson(old, choices, here, taken));
}

/** Who has a name or an address, told as in a sentence. */
interface Taken {
  readonly names: Map<string, string>;
  readonly emails: Map<string, string>;
}

function planPerson(old: OldUser, choices: Choices, here: PeopleHere, taken: Taken): PersonPlan {
  const before = here.imported.get(old.id);
  if (before) return planKnown(old, before, here);
  if (choices.skipped.has(old.username)) return { old, fate: "refuse", why: "the mapping file leaves them out" };
  const link = choices.links.get(old.username);
  if (link !== undefined) return planLink(old, link, here);
  return planNew(old, choices.renames.get(old.username) ?? null, here, taken);
}

function planKnown(old: OldUser, before: ImportedThing, here: PeopleHere): PersonPlan {
  const joined = before.details.joined;
  if (joined !== undefined && joined !== old.joinedAt.toISOString()) {
    throw new StartError(
      `This is another database than the one imported as ${here.source}: its user ${old.id} joined at another time.`,
      "Give this one a name of its own with --source.",
    );
  }
  const account = here.present.find(({ id }) => id === before.newId);
  if (!account || account.gone) return { old, fate: "refuse", why: "their account was deleted here since" };
  return { old, fate: "here", account, linked: before.details.linked === true };
}

function planLink(old: OldUser, name: string, here: PeopleHere): PersonPlan {
  const account = here.present.find(({ username }) => username.toLowerCase() === name.toLowerCase());
  if (!account || account.gone) return { old, fate: "refuse", why: `there is no account ${name} here to link them to` };
  return { old, fate: "link", account };
}

function planNew(old: OldUser, rename: string | null, here: PeopleHere, taken: Taken): PersonPlan {
  const username = usableUsername(rename ?? old.username);
  if (username === null || (rename !== null && username !== rename)) {
    const which = rename ?? old.username;
    const why = `${which} can't be a user name here: give one of 3 to 20 of a-z 0-9 . _ - with --rename '${old.username}=…'`;
    return { old, fate: "refuse", why };
  }
  const holder = taken.names.get(username);
  if (holder !== undefined) return { old, fate: "refuse", why: clash(old, `the user name ${username}`, holder) };
  const notes = username === old.username ? [] : [`becomes ${username}`];
  const email = emailOf(old, rename, here, taken);
  if (email.refusal !== null) return { old, fate: "refuse", why: email.refusal };
  if (email.note !== null) notes.push(email.note);
  taken.names.set(username, `${old.username} (${old.id})`);
  taken.emails.set(email.address, `${old.username} (${old.id})`);
  const keptId = here.keepable.has(old.id) ? old.id : null;
  if (keptId === null) notes.push(`the number ${old.id} is taken here: gets another`);
  if (old.privileged) notes.push("was an administrator there, is none here");
  if (old.isClient) notes.push("is a program (api_clients): make a service account for it");
  const passwordHash = readOldHash(old.password) ? old.password : null;
  return { old, fate: "take", username, email: email.address, keptId, passwordHash, notes };
}

interface ChosenEmail {
  readonly address: string;
  readonly note: string | null;
  readonly refusal: string | null;
}

/** Two with one address: here one of them can have it. Against somebody who is here already only the operator decides. */
function emailOf(old: OldUser, rename: string | null, here: PeopleHere, taken: Taken): ChosenEmail {
  const address = usableEmail(old.email);
  const none = (note: string) => ({ address: placeholderEmail(here.source, old.id), note, refusal: null });
  if (address === null) return none(old.email === "" ? "has no e-mail address" : `${old.email} is no e-mail address`);
  const holder = taken.emails.get(address);
  if (holder === undefined) return { address, note: null, refusal: null };
  const isHere = here.present.some(({ email }) => email === address);
  if (!isHere || rename !== null) return none(`comes without the address ${address}, which ${holder} has`);
  return { address, note: null, refusal: clash(old, `the address ${address}`, holder) };
}

function clash(old: OldUser, what: string, holder: string): string {
  return `${what} belongs to ${holder}. Is it the same person: --link '${old.username}=…'; another: --rename '${old.username}=…'`;
}

/** A typing error in a choice would let the plan pass as if nothing had been said. */
function refuseUnknown(users: readonly OldUser[], { links, renames, skipped }: Choices): void {
  const known = new Set(users.map(({ username }) => username));
  const odd = [...links.keys(), ...renames.keys(), ...skipped].find((name) => !known.has(name));
  if (odd === undefined) return;
  throw new StartError(`The old service has nobody called ${odd}.`, "User names there are told apart by their case.");
}
