import { expect, it } from "vitest";
import { pathOfTarget } from "./request-rules.ts";

it.each([
  ["/a%2Fb//c/../d?x=%00#e", "/a%2Fb//c/../d?x=%00#e"],
  ["//other.example/x", "//other.example/x"],
  ["http://S-1.localhost:80/a?b", "/a?b"],
  ["http://s-1.localhost:80", "/"],
  ["http://s-1.localhost:80?a", "/?a"],
  ["*", "*"],
  ["http://other.example/", null],
  ["http://s-1.localhost:80@other.example/", null],
  ["http://s-1.localhost/", null],
  ["http://", null],
  ["ftp://s-1.localhost:80/", null],
  ["other.example:443", null],
])("the path of %s is %s", (target, path) => {
  expect(pathOfTarget(target, "s-1.localhost:80")).toBe(path);
});
