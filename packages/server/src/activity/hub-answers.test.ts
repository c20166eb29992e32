import { describe, expect, it } from "vitest";
import { createHubAnswers } from "./hub-answers.ts";

let number = 0;
const guess = () => {
  number += 1;
  return number.toString(16).padStart(32, "0");
};
/** A hub that answers when it is let, and knows the tokens that begin with `a`. */
function hub() {
  let clock = 1_000_000;
  let asked = 0;
  const waiting: (() => void)[] = [];
  const answers = createHubAnswers(
    async (token) => {
      asked += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return token.startsWith("a") ? 7 : null;
    },
    () => clock,
  );
  const answerAll = async () => {
    for (let turns = 0; turns < 10; turns += 1) {
      for (const answer of waiting.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Asks, lets the hub answer, and says who it was or why there is no answer. */
  const of = async (token: string, address: string) => {
    const answer = answers.of(token, token, address).then(
      ({ accountId }) => accountId,
      (error: { code: string }) => error.code,
    );
    await answerAll();
    return answer;
  };
  const pass = (ms: number) => {
    clock += ms;
  };
  return { answers, answerAll, of, pass, asked: () => asked };
}
const good = (n: number) => `a${String(n).padStart(31, "0")}`;

describe("who guesses tokens", () => {
  it("is limited by address before the hub is asked, and keeps nobody else out", async () => {
    const { of, asked } = hub();
    const said = new Set<unknown>();
    for (let n = 0; n < 100; n += 1) said.add(await of(guess(), "198.51.100.1"));
    expect([...said]).toEqual([null, "rate_limited"]);
    expect(asked()).toBe(60);
    expect(await of(good(1), "203.0.113.5")).toBe(7);
  });

  it("of one IPv6 network is one address", async () => {
    const { of, asked } = hub();
    for (let n = 0; n < 80; n += 1) await of(guess(), `2001:db8:1:2::${n.toString(16)}`);
    expect(asked()).toBe(60);
  });

  it("from everywhere at once leaves places for tokens that were good before", async () => {
    const { answers, answerAll, of, pass, asked } = hub();
    expect(await of(good(1), "203.0.113.5")).toBe(7);
    pass(61_000);
    const flood = Array.from({ length: 100 }, (_, n) => answers.of(guess(), "x", `198.51.100.${n}`));
    const settled = Promise.allSettled(flood);
    expect(asked()).toBe(11);
    const again = answers.of(good(1), good(1), "203.0.113.5");
    await answerAll();
    expect(await again).toMatchObject({ accountId: 7 });
    const refused = (await settled).filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(90);
    expect(refused[0]).toMatchObject({ reason: { code: "unavailable", details: { seconds: 5 } } });
  });

  it("from one address has four places of those", async () => {
    const { answers, answerAll, asked } = hub();
    const settled = Promise.allSettled(Array.from({ length: 9 }, () => answers.of(guess(), "x", "198.51.100.1")));
    expect(asked()).toBe(4);
    await answerAll();
    await settled;
  });

  it("pushes no good answer out, however many guesses are remembered", async () => {
    const { of, pass, asked } = hub();
    expect(await of(good(1), "203.0.113.5")).toBe(7);
    for (let n = 0; n < 5_100; n += 1) await of(guess(), `10.${n >> 8}.${n & 255}.1`);
    const before = asked();
    pass(1_000);
    expect(await of(good(1), "198.51.100.9")).toBe(7);
    expect(asked()).toBe(before);
  }, 60_000);
});

describe("many servers behind one address", () => {
  it("are all let in: who is right counts for nothing against the others", async () => {
    const { of } = hub();
    for (let n = 0; n < 200; n += 1) expect(await of(good(n), "203.0.113.5")).toBe(7);
  });

  it("whose token is revoked become unknown", async () => {
    let owner: number | null = 7;
    let clock = 0;
    const answers = createHubAnswers(
      async () => owner,
      () => clock,
    );
    expect(await answers.of("k", "t", "203.0.113.5")).toMatchObject({ accountId: 7 });
    owner = null;
    clock = 61_000;
    expect(await answers.of("k", "t", "203.0.113.5")).toMatchObject({ accountId: null, until: 91_000 });
  });
});
