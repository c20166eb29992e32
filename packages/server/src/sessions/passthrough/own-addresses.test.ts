import { describe, expect, it } from "vitest";
import { keptInside, refreshInside } from "./own-addresses.ts";

const portalOrigin = "https://stoa.example.org";
const own = { origin: "https://s-7.stoa.example.org", prefix: "", portalOrigin };
const path = { origin: portalOrigin, prefix: "/passthrough/any/7", portalOrigin };

describe("an address in an answer", () => {
  it.each([
    ["/lab?x=1", "/lab?x=1"],
    ["lab", "lab"],
    ["http://s-7.stoa.example.org/lab", "https://s-7.stoa.example.org/lab"],
    ["http://127.0.0.1:8888/lab#a", "https://s-7.stoa.example.org/lab#a"],
    ["http://localhost:8888", "https://s-7.stoa.example.org/"],
    ["//[::1]:99/x", "https://s-7.stoa.example.org/x"],
    ["HTTP://LOCALHOST/x", "https://s-7.stoa.example.org/x"],
    ["http://session/x", "https://s-7.stoa.example.org/x"],
    ["https://stoa.example.org/sessions", "https://stoa.example.org/sessions"],
    ["https://login.example.com/o", "https://login.example.com/o"],
    ["http://169.254.169.254/latest/", "http://169.254.169.254/latest/"],
    ["http://localhost@evil.example/", "http://localhost@evil.example/"],
    ["http://localhost.evil.example/", "http://localhost.evil.example/"],
    ["https://s-7.stoa.example.org.evil.example/", "https://s-7.stoa.example.org.evil.example/"],
  ])("%s leads to %s", (given, expected) => {
    expect(keptInside(given, own)).toBe(expected);
  });

  it("is below the session's path where the session has no origin of its own", () => {
    expect(keptInside("/lab", path)).toBe("/passthrough/any/7/lab");
    expect(keptInside("/passthrough/any/7/lab", path)).toBe("/passthrough/any/7/lab");
    expect(keptInside("/passthrough/any/77/lab", path)).toBe("/passthrough/any/7/passthrough/any/77/lab");
    expect(keptInside("http://localhost:1/lab", path)).toBe("https://stoa.example.org/passthrough/any/7/lab");
  });

  it("is found in Refresh", () => {
    expect(refreshInside("5; url=http://127.0.0.1:8888/a", own)).toBe("5; url=https://s-7.stoa.example.org/a");
    expect(refreshInside("0;URL='/a'", path)).toBe("0;URL='/passthrough/any/7/a'");
    expect(refreshInside("5", own)).toBe("5");
  });
});
