import { USERNAME } from "@stoa/server/accounts/identity-rules.ts";
import type { PresentAccount } from "@stoa/server/accounts/import/take-person.ts";
import { placeholderEmail, usableEmail } from "@stoa/server/accounts/import/usable-identity.ts";
import { readOldHash } from "@stoa/server/accounts/passwords/old-hash.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import type { Choices } from "../../importing/choices.ts";
import { shown } from "../shown.ts";
import type { OldPerson } from "../source/old-person.ts";

/** What becomes of somebody. */
export type PersonPlan = { readonly old: OldPerson } & (
  | {
      readonly fate: "take";
      readonly username: string;
      readonly email: string;
      /** Null: none that can be taken over. */
      readonly passwordHash: string | null;
      readonly notes: readonly string[];
    }
  | { readonly fate: "link" | "here"; readonly account: PresentAccount }
  | { readonly fate: "refuse"; readonly why: string }
);

export interface PeopleHere {
  readonly source: string;
  /** By their old numbers. */
  readonly imported: ReadonlyMap<number, ImportedThing>;
  /** Accounts of any of the names, addresses and numbers in question. */
  readonly present: readonly PresentAccount[];
}

/**
 * Decides about each of the old portal's people, in order of their ids. Nobody becomes an account that is here because
 * something of theirs is spelled alike, and no name is changed by itself: the operator says who is whom.
 * @throws StartError when this is another database than the one imported under this source's name
 */
export function planPeople(people: readonly OldPerson[], choices: Choices, here: PeopleHere): PersonPlan[] {
  refuseUnknown(people, choices);
  const taken: Taken = { names: new Map(), emails: new Map() };
  for (const account of here.present) {
    taken.names.set(account.username.toLowerCase(), `the account ${account.username} here`);
    taken.emails.set(account.email, `the account ${account.username} here`);
  }
  return people.map((old) => planPerson(old, choices, here, taken));
}

/** Who has a name or an address, told as in a sentence. */
interface Taken {
  readonly names: Map<string, string>;
  readonly emails: Map<string, string>;
}

function planPerson(old: OldPerson, choices: Choices, here: PeopleHere, taken: Taken): PersonPlan {
  const before = here.imported.get(old.number);
  if (before) return planKnown(old, before, here);
  if (choices.skipped.has(old.username)) return { old, fate: "refuse", why: "the mapping file leaves them out" };
  const link = choices.links.get(old.username);
  if (link !== undefined) return planLink(old, link, here);
  return planNew(old, choices.renames.get(old.username) ?? null, here, taken);
}

function planKnown(old: OldPerson, before: ImportedThing, here: PeopleHere): PersonPlan {
  const joined = before.details.joined ?? null;
  if (joined !== (old.createdAt?.toISOString() ?? null)) {
    throw new StartError(
      `This is another database than the one imported as ${here.source}, or is read otherwise: its user ${shown(old.key)} joined at another time.`,
      "Give this one a name of its own with --source; the same one is read by the same --column and --time-zone.",
    );
  }
  const account = here.present.find(({ id }) => id === before.newId);
  if (!account || account.gone) return { old, fate: "refuse", why: "their account was deleted here since" };
  return { old, fate: "here", account };
}

function planLink(old: OldPerson, name: string, here: PeopleHere): PersonPlan {
  const account = here.present.find(({ username }) => username.toLowerCase() === name.toLowerCase());
  if (!account || account.gone) return { old, fate: "refuse", why: `there is no account ${name} here to link them to` };
  return { old, fate: "link", account };
}

function planNew(old: OldPerson, rename: string | null, here: PeopleHere, taken: Taken): PersonPlan {
  const username = rename ?? old.username;
  if (!USERNAME.test(username)) {
    const why = `${shown(username)} can't be a user name here: give one of 3 to 20 of a-z 0-9 . _ - with --rename '${shown(old.username)}=…'`;
    return { old, fate: "refuse", why };
  }
  const holder = taken.names.get(username);
  if (holder !== undefined) return { old, fate: "refuse", why: clash(old, `the user name ${username}`, holder) };
  const email = emailOf(old, rename, here, taken);
  if (email.refusal !== null) return { old, fate: "refuse", why: email.refusal };
  const notes = [
    ...(username === old.username ? [] : [`becomes ${username}`]),
    ...(email.note === null ? [] : [email.note]),
    ...(old.wasAdmin ? ["was an administrator there, is none here"] : []),
    ...(old.active ? [] : ["is deactivated, as there"]),
  ];
  taken.names.set(username, `${shown(old.username)} (${shown(old.key)})`);
  taken.emails.set(email.address, `${shown(old.username)} (${shown(old.key)})`);
  const passwordHash = readOldHash(old.password) ? old.password : null;
  return { old, fate: "take", username, email: email.address, passwordHash, notes };
}

interface ChosenEmail {
  readonly address: string;
  readonly note: string | null;
  readonly refusal: string | null;
}

/** Two with one address, in whatever case: here one of them can have it. Against somebody who is here only the operator decides. */
function emailOf(old: OldPerson, rename: string | null, here: PeopleHere, taken: Taken): ChosenEmail {
  const address = usableEmail(old.email);
  const none = (note: string) => ({ address: placeholderEmail(here.source, old.number), note, refusal: null });
  if (address === null)
    return none(old.email === "" ? "has no e-mail address" : `${shown(old.email)} is no e-mail address`);
  const holder = taken.emails.get(address);
  if (holder === undefined) return { address, note: null, refusal: null };
  const isHere = here.present.some(({ email }) => email === address);
  if (!isHere || rename !== null) return none(`comes without the address ${address}, which ${holder} has`);
  return { address, note: null, refusal: clash(old, `the address ${address}`, holder) };
}

function clash(old: OldPerson, what: string, holder: string): string {
  const name = shown(old.username);
  return `${what} belongs to ${holder}. Is it the same person: --link '${name}=…'; another: --rename '${name}=…'`;
}

/** A typing error in a choice would let the plan pass as if nothing had been said. */
function refuseUnknown(people: readonly OldPerson[], { links, renames, skipped }: Choices): void {
  const known = new Set(people.map(({ username }) => username));
  const odd = [...links.keys(), ...renames.keys(), ...skipped].find((name) => !known.has(name));
  if (odd === undefined) return;
  throw new StartError(
    `The old portal has nobody called ${shown(odd)}.`,
    "User names there are told apart by their case.",
  );
}
