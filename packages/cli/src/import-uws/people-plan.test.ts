import type { PresentAccount } from "@stoa/server/accounts/import/take-person.ts";
import { describe, expect, test } from "vitest";
import type { Choices } from "../importing/choices.ts";
import { readChoices } from "../importing/choices.ts";
import { type PeopleHere, type PersonPlan, planPeople } from "./plan/people-plan.ts";
import type { OldUser } from "./source/old-rows.ts";

const NOBODY: Choices = { links: new Map(), renames: new Map(), skipped: new Set() };
const JOINED = new Date("2021-01-01T00:00:00Z");

function user(id: number, username: string, changes: Partial<OldUser> = {}): OldUser {
  return {
    id,
    username,
    email: `${id}@old.example`,
    fullName: "",
    password: "!",
    active: true,
    privileged: false,
    isClient: false,
    joinedAt: JOINED,
    lastLoginAt: null,
    token: null,
    ...changes,
  };
}

function account(id: number, username: string, changes: Partial<PresentAccount> = {}): PresentAccount {
  return { id, username, email: `${username}@here.example`, isAdmin: false, active: true, gone: false, ...changes };
}

function here(present: readonly PresentAccount[], changes: Partial<PeopleHere> = {}): PeopleHere {
  return { source: "uws", imported: new Map(), present, keepable: new Set(), ...changes };
}

function plan(users: OldUser[], present: PresentAccount[] = [], choices: Partial<Choices> = {}): PersonPlan[] {
  return planPeople(users, { ...NOBODY, ...choices }, here(present));
}

describe("who takes a name", () => {
  test.each(["ada", "ADA", "ada@elsewhere.example", "Ada "])(
    "nobody becomes ada here by being called %j",
    (username) => {
      expect(plan([user(7, username)], [account(1, "ada")])).toMatchObject([
        { fate: "refuse", why: expect.stringContaining("--link") },
      ]);
    },
  );

  test("nor by an address", () => {
    const [one] = plan([user(7, "someone", { email: "ADA@here.example" })], [account(1, "ada")]);
    expect(one).toMatchObject({ fate: "refuse", why: expect.stringContaining("the address ada@here.example") });
  });

  test("the operator says that it is the same person, or another", () => {
    const users = [user(7, "ada"), user(8, "Ada")];
    const choices = { links: new Map([["ada", "ada"]]), renames: new Map([["Ada", "ada-2"]]) };
    expect(plan(users, [account(1, "ada")], choices)).toMatchObject([
      { fate: "link", account: { id: 1 } },
      { fate: "take", username: "ada-2" },
    ]);
  });

  test("another one who has the address of somebody here comes without it", () => {
    const users = [user(7, "ada", { email: "ada@here.example" })];
    const renames = new Map([["ada", "ada-2"]]);
    expect(plan(users, [account(1, "ada")], { renames })).toMatchObject([
      { fate: "take", email: "user-7.uws@imported.invalid" },
    ]);
  });

  test("a link to an account that is gone, or never was, is refused", () => {
    const users = [user(7, "ada"), user(8, "bob")];
    const links = new Map([
      ["ada", "ada"],
      ["bob", "nobody"],
    ]);
    const fates = plan(users, [account(1, "ada", { gone: true })], { links });
    expect(fates.map(({ fate }) => fate)).toEqual(["refuse", "refuse"]);
  });

  test("a renaming that can't be, or is taken, is refused", () => {
    const users = [user(7, "x"), user(8, "bob")];
    const renames = new Map([
      ["x", "No Name!"],
      ["bob", "ada"],
    ]);
    expect(plan(users, [account(1, "ada")], { renames }).map(({ fate }) => fate)).toEqual(["refuse", "refuse"]);
  });
});

describe("names and addresses of another service", () => {
  test.each([
    ["jane@university.example", "jane"],
    ["Jürgen Müller", "ju-rgen-mu-ller"],
    ["a.very.long.name.indeed.it.is", "a.very.long.name.ind"],
    ["علی", null],
    ["x", null],
  ])("%j becomes %j", (username, expected) => {
    const [one] = plan([user(7, username)]);
    expect(one?.fate === "take" ? one.username : null).toBe(expected);
  });

  test("two who would become the same: the first does", () => {
    const fates = plan([user(7, "jane@a.example"), user(8, "jane@b.example")]);
    expect(fates.map(({ fate }) => fate)).toEqual(["take", "refuse"]);
  });

  test("one address of two goes to the first", () => {
    const users = [user(7, "ann", { email: "x@old.example" }), user(8, "ben", { email: "X@old.example" })];
    const emails = plan(users).map((one) => (one.fate === "take" ? one.email : null));
    expect(emails).toEqual(["x@old.example", "user-8.uws@imported.invalid"]);
  });

  test("a password hash of another kind is not taken", () => {
    const [one] = plan([user(7, "ann", { password: "bcrypt_sha256$$2b$12$abc" })]);
    expect(one).toMatchObject({ passwordHash: null });
  });
});

describe("choices", () => {
  test("about people who are not there are told, not passed over", () => {
    expect(() => plan([user(7, "ada")], [], { skipped: new Set(["Ada"]) })).toThrow("nobody called Ada");
  });

  test.each(["noequals", "=x", "x="])("%j is no pair", (text) => {
    expect(() => readChoices({ link: [text], rename: [], file: null })).toThrow("is no pair");
  });

  test("two about one person are refused", () => {
    expect(() => readChoices({ link: ["a=b"], rename: ["a=c"], file: null })).toThrow("Two things are said about a");
  });
});

test("another database under the same source's name is refused", () => {
  const imported = new Map([[7, { newId: 3, details: { joined: "2020-05-05T00:00:00.000Z" } }]]);
  expect(() => planPeople([user(7, "ada")], NOBODY, here([account(3, "ada")], { imported }))).toThrow(
    "another database",
  );
});

test("who was deleted here since does not come again", () => {
  const imported = new Map([[7, { newId: 3, details: { joined: JOINED.toISOString() } }]]);
  const [one] = planPeople([user(7, "ada")], NOBODY, here([account(3, "ada", { gone: true })], { imported }));
  expect(one).toMatchObject({ fate: "refuse", why: expect.stringContaining("deleted here") });
});
