import { expect, test } from "vitest";
import { nextPage, placeOf } from "./next-page.ts";

test("a sign-in leads to a page of the portal", () => {
  expect(nextPage("/workspaces/7")).toBe("/workspaces/7");
  expect(nextPage("/verify")).toBe("/verify");
  expect(nextPage("/sign-ins")).toBe("/sign-ins");
});

test.each(["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", undefined, 7])(
  "never to another site: %s",
  (next) => expect(nextPage(next)).toBe("/"),
);

test.each(["/sign-in", "/sign-in?next=%2Fsign-in", "/sign-in/", "/register", "/forgotten"])(
  "never back to where it began: %s",
  (next) => expect(nextPage(next)).toBe("/"),
);

test("and to what it was asked for: the same server, the same filters", () => {
  expect(placeOf(nextPage("/jupyter/open?server=second"))).toEqual({
    to: "/jupyter/open",
    search: { server: "second" },
  });
  expect(placeOf("/")).toEqual({ to: "/", search: {} });
  expect(placeOf("/audit?text=a%3Fb")).toEqual({ to: "/audit", search: { text: "a?b" } });
});
