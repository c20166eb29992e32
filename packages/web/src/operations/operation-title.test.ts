import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import i18next, { type i18n } from "i18next";
import { beforeAll, describe, expect, test } from "vitest";
import en from "../locales/en.json" with { type: "json" };
import fa from "../locales/fa.json" with { type: "json" };
import { isolated } from "../locales/isolated.ts";
import { operationTitle } from "./operation-title.ts";
import { toldSteps } from "./told-steps.ts";

const server = join(import.meta.dirname, "../../../server/src");
const format = { id: (id: number | string) => `#${id}` };
const unnamed = () => undefined;

let language: i18n;
beforeAll(async () => {
  language = i18next.createInstance();
  const resources = { en: { translation: en }, fa: { translation: fa } };
  await language.init({ lng: "fa", resources, interpolation: { escape: isolated } });
});

function serverSources(): string[] {
  return readdirSync(server, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/test|suite/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

/** Every text that one of the patterns catches in the server's source. */
function named(...patterns: RegExp[]): string[] {
  const found = serverSources().flatMap((text) =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? "")),
  );
  return [...new Set(found)].toSorted();
}

describe.each(["en", "fa"])("in %s", (lng) => {
  test("every kind of operation that the server registers has a title", () => {
    const registered = serverSources().flatMap((text) => [...text.matchAll(/\bregister\(\w/g)]);
    const kinds = named(/\bconst \w*KIND = "([\w.]+)"/g, /\bkind: "(\w+\.[\w.]+)"/g);
    // What people are told of is named alike, and has words of its own.
    const told = named(/^ {2}"([\w.-]+)": \{ says: /gm);
    expect(registered.length).toBeGreaterThan(10);
    expect(told.length).toBeGreaterThan(10);
    expect(kinds).toEqual(expect.arrayContaining(["mail.send", "workspace.share.remove", "accounts.tidy"]));
    for (const kind of kinds.filter((one) => !told.includes(one)))
      expect(language.exists(`kinds.${kind}`, { lng, fallbackLng: [] }), kind).toBe(true);
  });

  test("everything that an operation may be about has a word", () => {
    const subjects = named(/\bsubject(?:: | = )\{ kind: "(\w+)"/g, /\breturn \{ kind: "(\w+)", id: String/g);
    expect(subjects).toEqual(expect.arrayContaining(["shared_workspace", "accounts", "mail"]));
    for (const kind of subjects) expect(language.exists(`subjects.${kind}`, { lng, fallbackLng: [] }), kind).toBe(true);
  });
});

describe("a title", () => {
  const about = (kind: string, id: string) => ({ kind: "workspace.share", subject: { kind, id } });
  const title = (nameOf: () => string | undefined, kind: string, id: string) =>
    operationTitle(language.getFixedT("fa"), format, nameOf, about(kind, id));

  test("names what it is about, where the reader knows the name", () => {
    expect(title(() => "Thesis", "workspace", "6")).toBe("رونوشت برای دیگری · \u2068فضای کار\u2069 \u2068Thesis\u2069");
    expect(title(unnamed, "shared_workspace", "6")).toBe("رونوشت برای دیگری · \u2068فضای کار اشتراکی\u2069 #6");
  });

  test("of the server's own upkeep, or about many, stands alone", () => {
    expect(title(unnamed, "workspaces", "all")).toBe("رونوشت برای دیگری");
    expect(title(unnamed, "people", "many")).toBe("رونوشت برای دیگری");
  });
});

test("steps that are English text alone are hidden in Persian, and shown in English", () => {
  const at = "2026-11-21T09:00:00.000Z";
  const history = [
    { at, code: "started", params: { node: "n1" }, text: "Started on n1." },
    { at, code: null, params: null, text: "1015 files are there." },
  ];
  expect(toldSteps(language.getFixedT("fa"), "fa", history)).toEqual([
    { at, text: "روی \u2068n1\u2069 آغاز شد.", translated: true },
  ]);
  expect(toldSteps(language.getFixedT("en"), "en", history).map(({ text }) => text)).toEqual([
    "Started on \u2068n1\u2069.",
    "1015 files are there.",
  ]);
});
