import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/**
 * Everything bad that Stoa promises to stand, and where a test does it: a file, and words of its test's name. Whoever
 * renames or removes such a test is told here.
 */
const here = "tests/bad-input";
const server = "packages/server/src";
const where: Readonly<Record<string, readonly (readonly [file: string, words: string])[]>> = {
  "configuration of every wrong kind": [
    [`${here}/start.test.ts`, "is refused as a whole"],
    [`${here}/start.test.ts`, "dangerous combinations"],
    [`${server}/config/load.test.ts`, "lists all of them at once"],
    [`${server}/config/refuse.test.ts`, "open registration"],
  ],
  "port taken": [[`${here}/start.test.ts`, "a port that is taken"]],
  "data directory unwritable": [
    [`${here}/start.test.ts`, "that nobody can make"],
    [`${server}/platform/database/embedded/embedded-postgres.test.ts`, "a directory that can't be made or written"],
  ],
  "data directory below a 0700 home": [[`${here}/start.test.ts`, "below a home of mode 0700"]],
  "data directory used by another server": [
    [`${here}/start.test.ts`, "has one server: a second is refused"],
    [`${server}/platform/database/directory-lock.test.ts`, "of many at once, one gets it"],
  ],
  "database gone for 30 s": [
    ["tests/peers/two-servers.test.ts", "refuses writes with 503 while the database is away"],
    [`${server}/platform/database/open-database.test.ts`, "PostgreSQL dies under load"],
  ],
  "JSON that isn't": [[`${here}/every-route.test.ts`, "a body that is none"]],
  "10 MB": [
    [`${here}/every-route.test.ts`, "10 MB"],
    [`${server}/platform/http/connections.test.ts`, "10 MB are refused at their announcement"],
  ],
  "wrong types": [[`${here}/every-route.test.ts`, "another type, in each field"]],
  "integers above 2^53": [
    [`${here}/every-route.test.ts`, "an integer above 2^53"],
    [`${server}/platform/database/value-types.test.ts`, "a larger one is an error"],
  ],
  "ids not numbers, too large": [[`${here}/every-route.test.ts`, "an id that is none"]],
  "someone else's ids": [
    ["tests/routes/routes.test.ts", "refuses others in its contract's words"],
    ["tests/routes/walk-sockets.ts", "tells others nothing of it"],
  ],
  "expired JWTs": [[`${server}/accounts/access-tokens/access-tokens.test.ts`, "expired"]],
  "revoked JWTs": [[`${here}/connections.test.ts`, "opens nothing once its owner signed out by it"]],
  "tampered, other-algorithm and alg: none JWTs": [
    [`${here}/connections.test.ts`, "opens nothing anywhere"],
    [`${server}/accounts/access-tokens/access-tokens.test.ts`, "signed by HS256 with our public key"],
  ],
  "two credentials at once": [[`${here}/connections.test.ts`, "two credentials at once"]],
  "1,000 wrong passwords": [
    [`${here}/connections.test.ts`, "are refused, and others sign in meanwhile"],
    [`${server}/accounts/sign-in/flood.test.ts`, "from many addresses"],
  ],
  "unknown Host": [[`${here}/connections.test.ts`, "a Host that is not ours"]],
  "cross-origin cookie calls": [[`${here}/connections.test.ts`, "another page's call with the cookie"]],
  "WebSocket without credentials": [["tests/routes/walk-sockets.ts", "refuses nobody before the handshake"]],
  smuggling: [
    [`${here}/connections.test.ts`, "a request within a request"],
    ["tests/passthrough.test.ts", "both Content-Length and Transfer-Encoding"],
  ],
  "slow headers": [[`${here}/connections.test.ts`, "headers that come a byte a second"]],
  "upstream dying mid-body": [["tests/passthrough.test.ts", "when it dies in the middle of an answer"]],
  "a program that dies at once": [[`${here}/programs.test.ts`, "a program that dies at once"]],
  "a program that prints 1 GB": [
    [`${here}/programs.test.ts`, "a program that prints 1 GB"],
    [`${server}/sessions/host/host-ending.test.ts`, "fills neither disk nor memory"],
  ],
  "a program that ignores TERM": [
    [`${here}/programs.test.ts`, "a program that ignores TERM"],
    [`${server}/sessions/host/host-ending.test.ts`, "kills a program that ignores TERM and HUP"],
  ],
  "names with .., NUL, 300 bytes, right-to-left marks": [
    [`${here}/names.test.ts`, "by each way to write it"],
    [`${server}/workspaces/contract/upload.test.ts`, "keeps right-to-left marks"],
  ],
  "upload cut off": [
    [`${server}/workspaces/contract/upload.test.ts`, "leaves nothing of an upload that is cut off"],
    [`${server}/workspaces/files-api/files.test.ts`, "leaves nothing when it is cut off"],
  ],
  "disk full": [
    [`${here}/full-disk.test.ts`, "refuses each way to write a file with 507"],
    [`${server}/workspaces/files/staged-file.test.ts`, "leaves nothing when the disk is full"],
  ],
};

it.each(Object.entries(where))("%s has its test", (_item, places) => {
  for (const [file, words] of places) {
    const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");
    expect(text, file).toContain(words);
  }
});
