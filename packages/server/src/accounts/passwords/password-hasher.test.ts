import { describe, expect, it } from "vitest";
import { ARGON2, createPasswordHasher } from "./password-hasher.ts";

const cheap = { memoryCost: 1024, timeCost: 1, parallelism: 1 };
const hasher = createPasswordHasher();

describe("password hasher", () => {
  it("makes argon2id hashes with the parameters written down, different each time", async () => {
    const first = await hasher.hash("correct horse", "a");
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash("correct horse", "a")).not.toBe(first);
    expect(await hasher.verify(first, "correct horse", "a")).toEqual({ ok: true, stale: false });
    expect(await hasher.verify(first, "correct horsf", "a")).toEqual({ ok: false, stale: false });
  });

  it("takes a password written in another normal form for the same", async () => {
    const stored = await hasher.hash("pâssword1".normalize("NFD"), "a");
    expect((await hasher.verify(stored, "pâssword1".normalize("NFC"), "a")).ok).toBe(true);
  });

  it("says when a right password was hashed with other parameters", async () => {
    const old = await createPasswordHasher(undefined, cheap).hash("correct horse", "a");
    expect(await hasher.verify(old, "correct horse", "a")).toEqual({ ok: true, stale: true });
    expect(await hasher.verify(old, "wrong", "a")).toEqual({ ok: false, stale: false });
  });

  it("never accepts an unknown account, an empty or an endless password", async () => {
    expect((await hasher.verify(null, "nobody has this password", "a")).ok).toBe(false);
    const stored = await hasher.hash("", "a");
    expect((await hasher.verify(stored, "x".repeat(100_000), "a")).ok).toBe(false);
    expect((await hasher.verify(stored, "", "a")).ok).toBe(false);
  });

  it("works as long for an unknown name as for a known one", async () => {
    const stored = await hasher.hash("correct horse", "a");
    await hasher.verify(null, "warm up", "a");
    const time = async (hash: string | null) => {
      const start = process.cpuUsage();
      for (let n = 0; n < 5; n++) await hasher.verify(hash, "wrong", "a");
      const used = process.cpuUsage(start);
      return used.user + used.system;
    };
    const known = await time(stored);
    const unknown = await time(null);
    expect(unknown).toBeGreaterThan(known / 3);
    expect(ARGON2.memoryCost).toBeGreaterThanOrEqual(19_456);
  });
});
