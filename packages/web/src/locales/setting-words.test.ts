import { expect, test } from "vitest";
import { entries } from "../../../server/src/config/catalogue.ts";
import words from "./setting-words.json" with { type: "json" };

test("every setting has a title in both languages and a Persian text, and nothing else has", () => {
  expect(Object.keys(words).toSorted()).toEqual(entries.map(({ setting }) => setting.env).toSorted());
  for (const [name, texts] of Object.entries(words)) {
    const [english = "", ...persian] = texts;
    expect(texts, name).toHaveLength(3);
    expect(english, name).toMatch(/^[A-Z].*[^.]$/);
    for (const text of persian) {
      expect(text, `${name}: Arabic yeh or kaf`).not.toMatch(/[يك]/);
      // What is to be typed stays as it is.
      expect(text.replace(/\S*=\S*/g, ""), `${name}: Latin digits or punctuation`).not.toMatch(/[0-9?;,]/);
    }
  }
});
