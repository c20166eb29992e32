import { describe, expect, it } from "vitest";
import { createAddresses } from "./addresses.ts";

const loopback = { host: "127.0.0.1", port: 0, publicUrl: null, sessionDomain: "localhost" };

describe("addresses", () => {
  it("follows the port that was bound", () => {
    const addresses = createAddresses(loopback);
    addresses.boundTo(4321);
    expect(addresses.portalOrigin()).toBe("http://localhost:4321");
    expect(addresses.sessionOrigin(12)).toBe("http://s-12.localhost:4321");
  });

  it("takes scheme and port of sessions from the public address", () => {
    const addresses = createAddresses({
      ...loopback,
      publicUrl: "https://stoa.example.org",
      sessionDomain: "run.example.org",
    });
    expect(addresses.sessionOrigin(3)).toBe("https://s-3.run.example.org");
  });

  it.each([
    ["s-12.localhost:8080", 12],
    ["s-12.LOCALHOST", 12],
    ["localhost:8080", null],
    ["s-12.localhost.evil.org", null],
    ["s-012.localhost", null],
    ["s--1.localhost", null],
    ["s-1.x.localhost", null],
    ["s-99999999999999999999.localhost", null],
    ["s-12.localhost:", null],
    ["s-12.localhost:80, evil", null],
    ["s-12.localhost:80@evil.org", null],
    ["s-12.localhost:80:80", null],
    [undefined, null],
  ])("reads the session of host %s as %s", (host, expected) => {
    expect(createAddresses(loopback).sessionOfHost(host)).toBe(expected);
  });

  it("knows no session origin without a domain", () => {
    const addresses = createAddresses({ ...loopback, sessionDomain: null });
    expect(addresses.sessionOrigin(1)).toBeNull();
    expect(addresses.sessionOfHost("s-1.localhost")).toBeNull();
  });
});
