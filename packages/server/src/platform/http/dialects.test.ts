import { describe, expect, it } from "vitest";
import { dialectOf, routedPath } from "./dialects.ts";

describe("dialectOf", () => {
  it.each([
    ["/api/v1/users/ann", "storage"],
    ["/api/v1", "storage"],
    ["/api/v12", "portal"],
    ["/api/stoa/v1/operations?limit=2", "stoa"],
    ["/api/stoa", "portal"],
    ["/api/me", "portal"],
    ["/health?x", "portal"],
    ["/workspaces/7/", "workspaces"],
    ["/passthrough/localhost/7/lab", "workspaces"],
    ["/provisioner", "playgrounds"],
    ["/v1/zpools", "pools"],
    ["/v1?x=/api/v1", "pools"],
    ["/", "web"],
    ["/portal/workspaces", "web"],
    ["*", "web"],
  ])("answers %s in the shape of %s", (path, dialect) => {
    expect(dialectOf(path)).toBe(dialect);
  });
});

describe("routedPath", () => {
  it("adds contract 1's prefix only for its own calls and only with its key", () => {
    expect(routedPath("/users/ann?x=1", { "x-api-key": "k" })).toBe("/api/v1/users/ann?x=1");
    expect(routedPath("/users/", {})).toBe("/users/");
    expect(routedPath("/jobs/", { "x-api-key": "k" })).toBe("/jobs/");
    expect(routedPath("/api/v1/users/", { "x-api-key": "k" })).toBe("/api/v1/users/");
  });
});
