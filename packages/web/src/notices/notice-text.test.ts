import i18next from "i18next";
import { describe, expect, test } from "vitest";
import { noticeKinds } from "../../../server/src/notices/kinds.ts";
import en from "../locales/en.json" with { type: "json" };
import fa from "../locales/fa.json" with { type: "json" };
import { makeFormat } from "../locales/format.ts";
import { isolated } from "../locales/isolated.ts";
import { groupOf } from "./kinds.ts";
import { noticeText } from "./notice-text.ts";

const translate = async (lng: "en" | "fa") => {
  const language = i18next.createInstance();
  const resources = { en: { translation: en }, fa: { translation: fa } };
  await language.init({ lng, resources, interpolation: { escape: isolated } });
  return language.t;
};
const at = "2026-03-04T05:06:00.000Z";
/** Values of a kind, in each of its variants. */
const variants: Readonly<Record<string, readonly object[]>> = {
  "session.ended": [{ why: "idle" }, { why: "time" }],
  "hub.idle": [{ why: "named" }, { why: "only", name: null }],
  "hub.stopped": [{ why: "named" }, { why: "only", name: null }],
  "hub.opened": [{ why: "named" }, { why: "only", name: null }],
  "webhook.disabled": [{ why: "gone" }, { why: "failing" }],
  "account.role": [{ role: "admin" }, { role: "person" }],
  "admin.operation-failed": [{}, { person: null }],
  "sign-in.new": [{}, { agent: null }],
  "admin.audit-broken": [{ problems: 3 }],
  "storage.filling": [{ percent: 80 }],
  "webhook.full": [{ waiting: 5_000 }],
};

describe.each(["en", "fa"] as const)("in %s", (locale) => {
  test.each(Object.entries(noticeKinds))(
    "%s has its own sentence with all its values, and a name",
    async (kind, { says }) => {
      const t = await translate(locale);
      const format = makeFormat(locale, "auto", "auto");
      for (const variant of variants[kind] ?? [{}]) {
        const plain = says.map((name) => [name, name === "at" || name === "until" ? at : `Value-${name}`]);
        const values = { ...Object.fromEntries(plain), ...variant };
        const text = noticeText(t, format, { kind, values, text: "the server's" });
        expect(text).not.toBe("the server's");
        expect(text, kind).not.toMatch(/\{\{|null|undefined|Value-(role|why)/);
        for (const [name, value] of Object.entries(values)) {
          const isSaid = String(value).startsWith("Value-") && name !== "reason";
          if (isSaid) expect(text, `${kind}: ${name}`).toContain(value);
        }
      }
      expect(t(`notices.kinds.${kind}`)).not.toContain("notices.kinds");
      expect(t(`notices.groups.${groupOf(kind)}`)).not.toContain("notices.groups");
    },
  );
});

test("says operations by their name, and times in the reader's calendar", async () => {
  const t = await translate("fa");
  const format = makeFormat("fa", "auto", "auto");
  const failed = { kind: "operation.failed", values: { operation: "workspace.delete" }, text: "" };
  expect(noticeText(t, format, failed)).toContain(fa.kinds.workspace.delete);
  const expiring = { kind: "token.expiring", values: { name: "ci", at }, text: "" };
  expect(noticeText(t, format, expiring)).toMatch(/۱۴۰۴/);
});

test("says sizes in units that are read well", async () => {
  const t = await translate("en");
  const format = makeFormat("en", "auto", "auto");
  const values = { percent: 90, used: 9.25 * 2 ** 30, allowed: 10 * 2 ** 30 };
  expect(noticeText(t, format, { kind: "storage.filling", values, text: "" })).toMatch(
    /90 % full: .*9\.3 GiB.* of .*10 GiB/,
  );
});

test("is as the server says it where the portal does not know the kind", async () => {
  const t = await translate("en");
  const format = makeFormat("en", "auto", "auto");
  expect(noticeText(t, format, { kind: "pool.full", values: {}, text: "A pool is full." })).toBe("A pool is full.");
});
