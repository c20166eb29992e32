import { afterEach, beforeEach, expect, test } from "vitest";
import type { ActedAs, Me, WebSession } from "../api/types.ts";
import { noteWhoIsHere } from "./who-is-here.ts";

const before = { localStorage: globalThis.localStorage, sessionStorage: globalThis.sessionStorage };
let drafts: Record<string, string>;

/** As much of the browser's storage as is used, its keys own properties as there. */
function storage(items: Record<string, string>): Storage {
  const methods = {
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => void Object.assign(items, { [key]: value }),
    removeItem: (key: string) => void delete items[key],
  };
  return new Proxy(methods, { ownKeys: () => Object.keys(items), getOwnPropertyDescriptor: () => shown }) as never;
}
const shown = { enumerable: true, configurable: true };
const set = (name: keyof typeof before, value: unknown) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

beforeEach(() => {
  drafts = { "stoa.draft.7.group.new": "{}" };
  set("localStorage", storage({}));
  set("sessionStorage", storage(drafts));
  noteWhoIsHere(session({ account: person(7) }));
});
afterEach(() => {
  set("localStorage", before.localStorage);
  set("sessionStorage", before.sessionStorage);
});

const person = (id: number) => ({ id }) as Me;
const session = (said: Partial<WebSession>) => ({ account: null, ...said }) as WebSession;
const isKept = () => Object.keys(drafts).length === 1;

test("a sign-in that ran out keeps what was typed for the same person, and for nobody else", () => {
  noteWhoIsHere(session({ ran_out: true }));
  expect(isKept()).toBe(true);
  noteWhoIsHere(session({ account: person(7) }));
  expect(isKept()).toBe(true);
  noteWhoIsHere(session({ ran_out: true }));
  noteWhoIsHere(session({ account: person(8) }));
  expect(isKept()).toBe(false);
});

test("one that was ended keeps nothing", () => {
  noteWhoIsHere(session({ ran_out: false }));
  expect(isKept()).toBe(false);
});

test("who acts as somebody is still the one who was here, also while the way back waits", () => {
  const acting = { by: { id: 7 } } as ActedAs;
  noteWhoIsHere(session({ account: person(8), acting }));
  noteWhoIsHere(session({ can_return: true }));
  noteWhoIsHere(session({ account: person(7) }));
  expect(isKept()).toBe(true);
});
