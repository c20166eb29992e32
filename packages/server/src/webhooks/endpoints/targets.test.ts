import { describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { createTargets } from "./targets.ts";

const targets = (privateTargets = "", database = "postgres://u:p@db.example.org/x") =>
  createTargets(
    loadConfig(
      { HOME: "/nonexistent", STOA_WEBHOOK_PRIVATE_TARGETS: privateTargets, DATABASE_URL: database },
      "/nonexistent",
    ),
  );

describe("addresses", () => {
  it.each([
    "https://hooks.example.org/x?token=1",
    "https://example.org:8443/",
    "https://93.184.216.34/",
    "https://[2606:4700::1111]/",
  ])("%s may be called", (url) => expect(targets().problemOf(url)).toBeNull());

  it.each([
    ["", "url_invalid"],
    ["example.org/x", "url_invalid"],
    ["https://", "url_invalid"],
    ["https://example.org:65536/", "url_invalid"],
    [`https://example.org/${"x".repeat(2_000)}`, "url_invalid"],
    ["ftp://example.org/", "url_scheme"],
    ["javascript:alert(1)", "url_scheme"],
    ["http://example.org/", "url_plain"],
    ["https://user@example.org/", "url_credentials"],
    ["https://user:password@example.org/", "url_credentials"],
    ["https://example.org/#part", "url_fragment"],
    ["https://example.org:0/", "url_port"],
    ["https://example.org:25/", "url_port"],
    ["https://example.org:6379/", "url_port"],
    ["https://db.example.org:5432/", "url_database"],
    ...[
      ...[
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
      ],
      ...["169.254.169.254", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]"],
      ...[
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "a.localhost",
        "LOCALHOST.",
      ],
    ].map((host) => [`https://${host}/`, "url_private"]),
  ])("%s may not: %s", (url, problem) => expect(targets().problemOf(url)).toBe(problem));
});

describe("targets that an administrator has named", () => {
  const named = targets("hooks.internal, 10.1.2.3:8080, [fd00::1]:8443, mail.internal:25, 127.1:9000");

  it.each([
    ...["http://hooks.internal/x", "https://hooks.internal/x", "http://10.1.2.3:8080/", "https://[fd00:0::1]:8443/"],
    ...["http://127.0.0.1:9000/", "http://HOOKS.internal:80/", "http://mail.internal:25/"],
  ])("%s may be called", (url) => expect(named.problemOf(url)).toBeNull());

  it.each([
    ["http://hooks.internal:8080/", "url_plain"],
    ["http://10.1.2.3/", "url_private"],
    ["http://10.1.2.3:8081/", "url_private"],
    ["http://sub.hooks.internal/", "url_plain"],
    ["http://user:p@hooks.internal/", "url_credentials"],
  ])("%s may not: %s", (url, problem) => expect(named.problemOf(url)).toBe(problem));

  it("never are our own database", () => {
    const own = targets("127.0.0.1:5432,db.internal:6000", "postgres://u:p@127.0.0.1/x");
    expect(own.problemOf("http://127.0.0.1:5432/")).toBe("url_database");
    expect(own.problemOf("http://db.internal:6000/")).toBeNull();
  });

  it.each(["http://hooks.internal", "a b", "x:99999", "x:0", "user@x", "x/path", "[::1", "*"])(
    "are refused at the start when they are none: %s",
    (target) => expect(() => targets(target)).toThrow("STOA_WEBHOOK_PRIVATE_TARGETS"),
  );
});
