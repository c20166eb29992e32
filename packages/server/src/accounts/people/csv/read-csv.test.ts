import { expect, test } from "vitest";
import { LocalizedRefusal } from "../../localized-refusal.ts";
import { readCsv } from "./read-csv.ts";

const header = "username,full_name,email\n";
const refusalOf = (text: string): LocalizedRefusal => {
  try {
    readCsv(text);
  } catch (error) {
    if (error instanceof LocalizedRefusal) return error;
    throw error;
  }
  throw new Error("it was read");
};

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("a column named %s is not known", (name) => {
  const { problems } = readCsv(`username,full_name,email,${name}\nada,Ada,ada@example.org,x`);
  expect(problems.first.map(({ column, refusal }) => [column, refusal.details.reason])).toEqual([
    [name, "column_unknown"],
  ]);
});

test("says where a quotation mark is wrong, in both languages", () => {
  const refusal = refusalOf(`${header}ada,Ada,ada@example.org\nb"en,Ben,ben@example.org`);
  expect(refusal.details).toMatchObject({ reason: "malformed", line: 3 });
  for (const locale of ["en", "fa"] as const) expect(refusal.inLocale(locale).message).toContain("3");
});

test("says of what is too long for one person that it is, and where", () => {
  const refusal = refusalOf(`${header}ada,Ada,${"a".repeat(21_000)}`);
  expect(refusal.details).toMatchObject({ reason: "record_too_long", line: 2 });
  for (const locale of ["en", "fa"] as const) expect(refusal.inLocale(locale).message).toMatch(/2/);
});

test("counts all columns that are wrong, and keeps few of them", () => {
  const { problems } = readCsv(`${Array.from({ length: 3_000 }, (_, n) => `c${n}`).join()}\nx`);
  expect(problems.count).toBe(3_003);
  expect(problems.first.length).toBeLessThanOrEqual(500);
});
