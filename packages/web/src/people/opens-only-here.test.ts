import { expect, test } from "vitest";
import { opensOnlyHere } from "./opens-only-here.ts";

test.each([
  ["http://localhost:8080/portal/reset#token=x", true],
  ["http://stoa.localhost/portal", true],
  ["http://127.0.0.1:8080/", true],
  ["http://127.3.2.1/", true],
  ["http://0.0.0.0:8080/", true],
  ["http://[::1]:8080/", true],
  ["http://[::]:8080/", true],
  ["https://stoa.example.org/portal/reset#token=localhost", false],
  ["http://localhost.example.org/", false],
  ["http://127.0.0.1.example.org/", false],
  ["http://192.168.1.20:8080/", false],
  ["http://[2001:db8::1]/", false],
  ["not an address", false],
])("%s opens only on the machine itself: %s", (url, only) => {
  expect(opensOnlyHere(url)).toBe(only);
});
