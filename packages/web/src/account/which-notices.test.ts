import { expect, test } from "vitest";
import type { Me, WebSession } from "../api/types.ts";
import { whichNotices } from "./which-notices.ts";

const due = "2026-12-01T00:00:00.000Z";

function session(account: Partial<Me>, mail: boolean, limitation: WebSession["limitation"] = null): WebSession {
  const me = { email_verified: false, deletion_due_at: null, ...account } as Me;
  return { account: me, features: { mail }, limitation } as unknown as WebSession;
}

test("an address is to be proven where mail can be sent, or where it holds one back", () => {
  expect(whichNotices(session({}, true)).unproven).toBe(true);
  expect(whichNotices(session({}, false)).unproven).toBe(false);
  expect(whichNotices(session({}, false, "unverified")).unproven).toBe(true);
  expect(whichNotices(session({ email_verified: true }, true)).unproven).toBe(false);
});

test("an account about to go says only that: nothing else asked of it can be done", () => {
  for (const mail of [true, false]) {
    expect(whichNotices(session({ deletion_due_at: due }, mail, "deletion"))).toEqual({
      leavesAt: due,
      unproven: false,
    });
  }
});

test("nobody signed in has nothing to be told", () => {
  expect(whichNotices({ ...session({}, true), account: null })).toEqual({ leavesAt: null, unproven: false });
});
