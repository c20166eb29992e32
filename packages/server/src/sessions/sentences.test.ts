import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { say, sentences, tell } from "./sentences.ts";

const codes = Object.keys(sentences) as (keyof typeof sentences)[];

describe("sentences", () => {
  test.each(codes)("%s is recognised by its text", (code) => {
    const holes = [...sentences[code].matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
    const params = Object.fromEntries(holes.map((hole, at) => [hole, `value-${at}`]));
    expect(tell((say as (code: string, params: object) => string)(code, params))).toMatchObject({ code, params });
  });

  test("one inside another is recognised too", () => {
    const reason = say("host_late");
    expect(tell(say("not_started_because", { reason }))).toMatchObject({
      code: "not_started_because",
      because: { text: reason, code: "host_late" },
    });
  });

  test("a text of another source stays as it is", () => {
    expect(tell("The moon was full.")).toEqual({ text: "The moon was full.", code: null, params: null, because: null });
  });

  test("what hosts and the local resource say is known", () => {
    const said = [...saidIn("host"), ...saidIn("resources/local")];
    expect(said.length).toBeGreaterThan(8);
    expect(said.filter((text) => tell(text).code === null)).toEqual([]);
  });
});

/** Said to logs and other callers, never as the reason of an end. */
const notReasons =
  /^(A session host knows|Processes of session x1 may|There is no job description|The job description at|Session x1 still runs)/;
const spoken =
  /(?:Error\((?:"?\w+"?, )?|(?:fail|stop)\("?\w*"?,? ?|message: (?:\w+\.message \?\? )?|const \w+ = |neverStarted: )["`]([A-Z$][^"`]*[a-z] [a-z][^"`]*)["`]/g;

/** Sentences in the sources that people may read as the reason of an end; `${…}` reads as a value. */
function* saidIn(folder: string): Generator<string> {
  for (const file of globSync("*.ts", { cwd: join(import.meta.dirname, folder) })) {
    if (file.includes("test")) continue;
    const source = readFileSync(join(import.meta.dirname, folder, file), "utf8");
    for (const [, text = ""] of source.matchAll(spoken)) {
      const said = text.replace(/\$\{[^}]*\}+/g, "x1");
      // A choice inside is cut off here; host.test.ts and the list of codes have both of its ends.
      if (!notReasons.test(said) && !said.includes("${")) yield said;
    }
  }
}
