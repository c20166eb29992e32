import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { cookieCounts } from "./origin-checks.ts";

const own = "http://s-1.localhost:8080";
const request = (method: string, headers: Record<string, string>): IncomingMessage =>
  ({ method, headers }) as unknown as IncomingMessage;

describe("the session's cookie", () => {
  it.each([
    ["its own page's fetch", "POST", { origin: own, "sec-fetch-site": "same-origin" }, false, true],
    ["its own page's socket", "GET", { origin: own }, true, true],
    ["an image of its own page", "GET", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors" }, false, true],
    [
      "a link from the portal",
      "GET",
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
      false,
      true,
    ],
    ["a typed address", "GET", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }, false, true],
    ["curl reading", "GET", {}, false, true],
    [
      "another session's fetch",
      "GET",
      { origin: "http://s-2.localhost:8080", "sec-fetch-site": "same-site" },
      false,
      false,
    ],
    ["another session's image", "GET", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, false, false],
    [
      "another site's frame",
      "GET",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
      false,
      false,
    ],
    [
      "another session's form",
      "POST",
      { origin: "http://s-2.localhost:8080", "sec-fetch-mode": "navigate" },
      false,
      false,
    ],
    ["another session's socket", "GET", { origin: "http://s-2.localhost:8080" }, true, false],
    ["a socket without an origin", "GET", {}, true, false],
    ["an opaque origin", "POST", { origin: "null" }, false, false],
    ["a write without an origin", "POST", {}, false, false],
  ] as const)("counts for %s: %s", (_name, method, headers, upgrade, expected) => {
    expect(cookieCounts(request(method, headers), own, upgrade)).toBe(expected);
  });
});
