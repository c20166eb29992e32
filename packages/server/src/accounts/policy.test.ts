import { describe, expect, it } from "vitest";
import { narrowedScopes, ownedScopes, unownedScopes } from "./policy.ts";

const person = { is_admin: false };
const admin = { is_admin: true };

describe("scopes", () => {
  it("keep administration and services' APIs from a person, even by *", () => {
    for (const scope of ["people:read", "people:write", "metrics:read", "storage", "playground", "*"] as const) {
      expect(ownedScopes(person).has(scope)).toBe(false);
      expect(narrowedScopes(person, ["*", scope]).has(scope)).toBe(false);
    }
    expect(ownedScopes(person).has("workspaces:write")).toBe(true);
    expect(ownedScopes(admin).has("*")).toBe(true);
  });

  it("of a token shrink when its owner stops being an administrator", () => {
    expect([...narrowedScopes(admin, ["people:read", "pat"])]).toEqual(["people:read", "pat"]);
    expect([...narrowedScopes(person, ["people:read", "pat"])]).toEqual(["pat"]);
  });

  it("of a token without any open nothing", () => {
    expect(narrowedScopes(admin, []).size).toBe(0);
    expect(narrowedScopes(admin, ["no-such-scope"]).size).toBe(0);
  });

  it("name what can't be given away", () => {
    expect(unownedScopes(person, ["*", "pat"])).toEqual([]);
    expect(unownedScopes(person, ["pat", "people:read"])).toEqual(["people:read"]);
    expect(unownedScopes(admin, ["people:read"])).toEqual([]);
    expect(unownedScopes(admin, ["no-such-scope"])).toEqual(["no-such-scope"]);
  });
});
