import { expect, it } from "vitest";
import { carry, uncarry } from "../file-work/agent/carried-error.ts";
import { fileError } from "./file-errors.ts";

/** As Node throws it: it has no name for a quota. */
const overQuota = () =>
  Object.assign(new Error("Unknown system error -122: write"), { errno: -122, code: "Unknown system error -122" });

it.each([
  ["ENOSPC", () => Object.assign(new Error("no space"), { code: "ENOSPC", errno: -28 })],
  ["EFBIG", () => Object.assign(new Error("too big"), { code: "EFBIG", errno: -27 })],
  ["EDQUOT", overQuota],
])("tells %s as a disk that is full, from an agent too", (_name, make) => {
  const told = fileError(make(), "a.txt");
  expect(told).toMatchObject({ code: "disk_full", status: 507 });
  expect(uncarry(JSON.parse(JSON.stringify(carry(told))))).toMatchObject({ code: "disk_full", status: 507 });
});

it.each([
  ["EEXIST", "“hello.txt” exists already."],
  ["EISDIR", "“hello.txt” is a folder."],
  ["EACCES", "The permissions of “hello.txt” do not allow it. Change them in a session."],
])("leaves a name as it is, wherever it stands (%s)", (code, message) => {
  expect(fileError(Object.assign(new Error(code), { code }), "hello.txt")).toMatchObject({ message });
});

it("begins a sentence about a thing of ours with a capital, without quotes", () => {
  const error = Object.assign(new Error("there"), { code: "EEXIST" });
  expect(fileError(error, { ours: "the copy" })).toMatchObject({ message: "The copy exists already." });
});
