import { expect, test } from "vitest";
import { targetOf } from "./workspace-target.ts";

test.each([
  ["plot.png", "a/plot.png"],
  ["./img/%D9%86%D9%85.png", "a/img/نم.png"],
  ["../b.md#part", "b.md"],
  ["/top.md?x=1", "top.md"],
  // Our own addresses are no more than names of files there.
  ["/api/stoa/v1/auth/sign-out", "api/stoa/v1/auth/sign-out"],
  ["100%.md", "a/100%.md"],
])("%s is a file of the workspace", (address, path) => {
  expect(targetOf(address, "a/read.md")).toEqual({ kind: "file", path });
});

test.each([
  "javascript:alert(1)",
  " JavaScript:alert(1)",
  "data:text/html,<script>",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:http://x/1",
  "../../..",
  "../../secret",
  "#here",
  "",
  "http://",
])("%s leads nowhere", (address) => {
  expect(targetOf(address, "a/read.md")).toEqual({ kind: "nowhere" });
});

test("other sites are named by their host, also without a scheme or with slashes turned around", () => {
  expect(targetOf("https://example.org/a?b", "x.md")).toMatchObject({ kind: "web", host: "example.org" });
  expect(targetOf("//evil.example/x", "x.md")).toMatchObject({ kind: "web", host: "evil.example" });
  expect(targetOf("\\\\evil.example/x", "x.md")).toMatchObject({ kind: "web", host: "evil.example" });
  expect(targetOf("mailto:a@example.org", "x.md")).toMatchObject({ kind: "mail" });
});
