import i18next from "i18next";
import { describe, expect, test } from "vitest";
import { lines } from "../../../server/src/platform/operations/history.ts";
import { say, sentences, tell } from "../../../server/src/sessions/sentences.ts";
import { tellIn } from "../sessions/told.ts";
import en from "./en.json" with { type: "json" };
import fa from "./fa.json" with { type: "json" };
import { isolated } from "./isolated.ts";

const holes = (text: string) => new Set([...text.matchAll(/\{+(\w+)/g)].map((match) => match[1]));

describe("what the server tells by code", () => {
  test.each([
    ["sessions", sentences, en.sessionTold, fa.sessionTold],
    ["operations", lines, en.history, fa.history],
  ])("of %s has a text in both languages, and no other text is kept", (_, server, english, persian) => {
    expect(Object.keys(english)).toEqual(Object.keys(server));
    expect(Object.keys(persian)).toEqual(Object.keys(server));
    for (const [code, text] of Object.entries(server)) {
      expect(holes((persian as Record<string, string>)[code] ?? ""), code).toEqual(holes(text));
    }
  });

  test("is told whole in Persian, the reason inside it too, with Persian digits", async () => {
    const language = i18next.createInstance();
    const resources = { fa: { translation: fa } };
    await language.init({ lng: "fa", resources, interpolation: { escape: isolated } });
    const told = (text: string) => tellIn(language.t, tell(text));
    expect(told(say("ended_with_status", { status: 3 }))).toBe("برنامه‌اش با کد ۳ پایان یافت.");
    expect(told(say("not_started_because", { reason: say("host_late") }))).toBe(
      "راه نیفتاد. \u2068میزبان نشست به‌موقع راه نیفتاد.\u2069",
    );
    expect(told("From an older server.")).toBe("From an older server.");
  });
});
