import i18next from "i18next";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../server/src/platform/errors/catalogue.ts";
import { persian } from "../../../server/src/platform/http/messages.ts";
import { lines } from "../../../server/src/platform/operations/history.ts";
import { say, sentences, tell } from "../../../server/src/sessions/sentences.ts";
import { backEndProblems } from "../../../server/src/storage/back-end-problems.ts";
import { ApiError, errorFrom } from "../api/api-error.ts";
import { tellIn } from "../sessions/told.ts";
import en from "./en.json" with { type: "json" };
import { errorText } from "./error-text.ts";
import fa from "./fa.json" with { type: "json" };
import { isolated } from "./isolated.ts";

const holes = (text: string) => new Set([...text.matchAll(/\{+(?:- )?(\w+)/g)].map((match) => match[1]));

describe("what the server tells by code", () => {
  test.each([
    ["sessions", sentences, en.sessionTold, fa.sessionTold],
    ["operations", lines, en.history, fa.history],
    ["storage's back end", backEndProblems, en.adminStorage.backEndIs, fa.adminStorage.backEndIs],
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

test.each(["en", "fa"] as const)(
  "a command in what is wrong with the back end can be copied as it is (%s)",
  async (lng) => {
    const language = i18next.createInstance();
    await language.init({
      ...{ lng, resources: { en: { translation: en }, fa: { translation: fa } } },
      interpolation: { escape: isolated },
    });
    expect(language.t("adminStorage.backEndIs.pool_suspended", { pool: "tank", state: "SUSPENDED" })).toContain(
      "zpool clear tank",
    );
  },
);

describe("what the server refuses by code", () => {
  const codes = Object.keys(catalogue) as (keyof typeof catalogue)[];

  test("has a text in both languages, and no other text is kept", () => {
    for (const texts of [en.problems, fa.problems]) {
      expect(Object.keys(texts).toSorted()).toEqual([...codes, "network"].toSorted());
    }
  });

  test("has one for every status whose answer names no code", () => {
    for (let status = 400; status < 600; status++) {
      expect(Object.keys(en.problems)).toContain(errorFrom(status, undefined, null).code);
    }
  });

  test.each(codes)("%s is told in Persian alone", async (code) => {
    const language = i18next.createInstance();
    await language.init({ lng: "fa", resources: { fa: { translation: fa } }, interpolation: { escape: isolated } });
    const { status } = catalogue[code];
    const details = {
      problem: "the file has changed",
      what: "file or folder a.txt",
      needs: "workspaces:write",
      seconds: 7,
    };
    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (_, key: string) => String(Reflect.get(details, key) ?? 1));
    // As the server answers in Persian, as a contract's words come, and as a proxy's page comes.
    for (const detail of [fill(persian[code]), "Workspace 3 not found for user.", undefined]) {
      const named = Object.fromEntries(
        Object.entries(details).filter(([key]) => detail !== undefined && persian[code].includes(`{${key}}`)),
      );
      const { text } = errorText(language.t, "fa", errorFrom(status, { detail, code, details: named }, null));
      expect(text, detail).toMatch(/[\u0600-\u06ff]/);
      expect(text.replace(/JSON|UTF-8|Idempotency-Key|\/docs/g, ""), detail).not.toMatch(/[a-z]{3,}/i);
    }
  });

  test("keeps the server's words where they say more", async () => {
    const language = i18next.createInstance();
    await language.init({ lng: "fa", resources: { fa: { translation: fa } } });
    const details = { problem: "a.txt is there already" };
    const error = new ApiError({ status: 409, code: "conflict", message: "a.txt is there already.", details });
    expect(errorText(language.t, "fa", error)).toEqual({
      text: fa.problems.conflict,
      inEnglish: "a.txt is there already.",
    });
    expect(errorText(language.t, "en", error)).toEqual({ text: "a.txt is there already.", inEnglish: null });
  });

  test("tells a reason of its own in Persian alone", async () => {
    const language = i18next.createInstance();
    await language.init({ lng: "fa", resources: { fa: { translation: fa } } });
    const details = { problem: "The workspace it was in has been deleted", reason: "workspace_in_trash" };
    const error = new ApiError({ status: 409, code: "conflict", message: details.problem, details });
    expect(errorText(language.t, "fa", error)).toEqual({ text: fa.reasons.workspace_in_trash, inEnglish: null });
  });

  test.each(["deletion_pending", "email_unverified"] as const)(
    "tells %s whole where no code is named",
    async (code) => {
      const language = i18next.createInstance();
      await language.init({ lng: "fa", resources: { fa: { translation: fa } } });
      for (const message of [catalogue[code].message, ...(code === "deletion_pending" ? [persian[code]] : [])]) {
        const error = errorFrom(403, { success: false, message }, null);
        expect(error.code).toBe(code);
        const { text, inEnglish } = errorText(language.t, "fa", error);
        expect([message, fa.problems[code]]).toContain(text);
        expect(text).toMatch(/[\u0600-\u06ff]/);
        expect(inEnglish).toBeNull();
      }
    },
  );

  test("tells how long to wait in Persian figures", async () => {
    const language = i18next.createInstance();
    await language.init({ lng: "fa", resources: { fa: { translation: fa } } });
    const error = new ApiError({ status: 429, code: "rate_limited", message: "295", details: { seconds: 295 } });
    expect(errorText(language.t, "fa", error).text).toContain("۲۹۵ ثانیه");
  });
});
