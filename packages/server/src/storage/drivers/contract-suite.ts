import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directoryMode, keyOf } from "./contract.ts";
import { describeCrashes } from "./testing-crashes.ts";
import { codeOf, createTrial, type Expected, type Ground, type Trial } from "./testing-ground.ts";
import { describeQuotas } from "./testing-quotas.ts";
import { describeTrash } from "./testing-trash.ts";

/** Holds a driver to every sentence of `contract.ts`. One ground serves all: each test has subjects of its own. */
export function describeDriver(name: string, makeGround: () => Promise<Ground>, expected: Expected): void {
  describe(`storage driver ${name}`, () => {
    let made: Ground | null = null;
    const ground = (): Ground => {
      if (made === null) throw new Error("the ground is not made yet");
      return made;
    };
    const trial = createTrial(expected, ground);

    beforeAll(async () => {
      made = await makeGround();
    }, 600_000);
    afterAll(async () => {
      await made?.[Symbol.asyncDispose]();
    }, 120_000);

    describeState(trial);
    describeSubjects(trial);
    if (expected.folders) describeFolders(trial);
    describeTrash(trial);
    describeQuotas(trial);
    describeCrashes(trial);
  });
}

function describeState({ expected, ground, subject }: Trial): void {
  it("says what it is and what it can", async () => {
    const state = await ground().driver.probe();
    expect(state).toMatchObject({ ok: true, problem: "" });
    expect(state.capabilities).toEqual(expected.capabilities);
    expect(state.about).not.toBe("");
    expect(state.size).toBeGreaterThan(0);
    expect(state.free).toBeGreaterThan(0);
    expect(ground().driver.state).toBe(state);
  });

  it("has members for what it can, and none for what it can't", () => {
    const { driver } = ground();
    expect(driver.usage === null).toBe(expected.capabilities.usageKind === "apparent");
    expect(driver.snapshots === null).toBe(!expected.capabilities.snapshots);
  });

  it("tells a directory's place only where it is on this machine", () => {
    const { driver, pathOf } = ground();
    const one = subject("josé");
    const told = driver.state.directoryOf(one);
    if (told !== null) expect(told).toBe(pathOf(one));
  });
}

function describeSubjects({ expected, ground, subject, wanted, made, must, pathOf, write, entryOf }: Trial): void {
  const look = async (...given: Parameters<Trial["subject"]>) => ground().driver.look([subject(...given)]);

  it("makes people's and groups' directories with their owner, for nobody else", async () => {
    const person = wanted(subject());
    const group = wanted(subject(undefined, "group"));
    const outcomes = await ground().driver.settle([group, person]);
    expect(outcomes).toEqual([
      { kind: "group", name: group.name, code: "done", problem: "" },
      { kind: "user", name: person.name, code: "done", problem: "" },
    ]);
    for (const one of [person, group]) {
      const [mode, uid, gid] = (await must("stat", ["-c", "%a %u %g", pathOf(one)])).trim().split(" ");
      expect(mode).toBe(directoryMode(one).toString(8));
      if (expected.asRoot) expect([uid, gid]).toEqual([`${one.owner.uid}`, `${one.owner.gid}`]);
    }
  });

  it("leaves what is as it should be alone, and puts in order what is not", async () => {
    const one = await made();
    await write(one, "kept", 1);
    await must("chmod", ["0755", pathOf(one)]);
    expect(codeOf((await ground().driver.settle([one]))[0])).toBe("done");
    expect((await must("stat", ["-c", "%a", pathOf(one)])).trim()).toBe(directoryMode(one).toString(8));
    expect((await must("ls", [pathOf(one)])).trim()).toBe("kept");
  });

  it("settles nothing", async () => {
    expect(await ground().driver.settle([])).toEqual([]);
    expect(await ground().driver.look([])).toEqual([]);
  });

  it("makes one name once, however many ask at the same time", async () => {
    const one = wanted(subject());
    const all = await Promise.all(Array.from({ length: expected.crowd ?? 50 }, () => ground().driver.settle([one])));
    expect(new Set(all.map(([outcome]) => codeOf(outcome)))).toEqual(new Set(["done"]));
    expect(await ground().driver.look([one])).toHaveLength(1);
  });

  it("makes many at once, each with an outcome, in order", async () => {
    const many = Array.from({ length: 20 }, (_, n) => wanted(subject(undefined, n % 2 === 0 ? "user" : "group")));
    const outcomes = await ground().driver.settle(many);
    expect(outcomes.map(keyOf)).toEqual(many.map(keyOf));
    expect(new Set(outcomes.map(codeOf))).toEqual(new Set(["done"]));
    expect((await ground().driver.look(many)).map(keyOf)).toEqual(many.map(keyOf));
  });

  it("finds what is there, of people and of groups, and nothing else", async () => {
    const same = `both${process.pid}`;
    await made(same);
    expect((await look(same)).map(keyOf)).toEqual([`user/${same}`]);
    expect(await look(same, "group")).toEqual([]);
    await made(same, {}, "group");
    expect((await look(same, "group")).map(keyOf)).toEqual([`group/${same}`]);
    expect(await look("nobody-here")).toEqual([]);
    const all = (await ground().driver.list()).map(keyOf);
    expect(all).toEqual(expect.arrayContaining([`user/${same}`, `group/${same}`]));
    expect(all).not.toContain("user/groups");
    expect(new Set(all).size).toBe(all.length);
  });

  it("keeps accented letters as they are, in NFC", async () => {
    for (const name of ["josé", "Žofie", "ẞüß"]) {
      const one = await made(name);
      expect((await look(name)).map((found) => found.name)).toEqual([name]);
      expect((await ground().driver.list()).map(keyOf)).toContain(`user/${name}`);
      expect(codeOf(await ground().driver.discard(one, entryOf(one)))).toBe("done");
    }
  });

  it("takes names that look like options", async () => {
    for (const name of ["-rf", "--help", "-"]) {
      const one = await made(name);
      expect((await look(name)).map(keyOf)).toEqual([`user/${name}`]);
      expect(codeOf(await ground().driver.discard(one, entryOf(one)))).toBe("done");
      expect(await look(name)).toEqual([]);
    }
  });

  it("finds and takes over what others have made, with the files in it", async () => {
    const one = wanted(subject(), { adopted: true });
    await ground().plant(one);
    await write(one, "before", 1);
    await must("chown", [`${one.owner.uid + 7}`, pathOf(one, "before")]).catch(() => undefined);
    const owner = await must("stat", ["-c", "%u", pathOf(one, "before")]);
    expect((await ground().driver.list()).map(keyOf)).toContain(keyOf(one));
    expect((await look(one.name)).map(keyOf)).toEqual([keyOf(one)]);
    expect(codeOf((await ground().driver.settle([one]))[0])).toBe("done");
    expect(await must("stat", ["-c", "%u", pathOf(one, "before")])).toBe(owner);
  });

  it("goes on after a restart where it was", async () => {
    const one = await made();
    const other = await ground().open();
    expect((await other.look([one])).map(keyOf)).toEqual([keyOf(one)]);
    expect(codeOf((await other.settle([one]))[0])).toBe("done");
    await other.close();
  });

  it("adds sizes up, a hard link once, and nothing that a link leads to", async () => {
    const { measure } = ground().driver;
    if (measure === null) return;
    const one = await made();
    await must("mkdir", [pathOf(one, "below")]);
    await write(one, "below/a", 128 * 1024);
    await must("ln", [pathOf(one, "below/a"), pathOf(one, "b")]);
    await must("ln", ["-s", "/usr", pathOf(one, "usr")]);
    const gone = subject("nobody-here");
    const sizes = await measure([one, gone], AbortSignal.timeout(60_000));
    expect(sizes.has(keyOf(gone))).toBe(false);
    expect(sizes.get(keyOf(one))).toBeGreaterThanOrEqual(128 * 1024);
    expect(sizes.get(keyOf(one))).toBeLessThan(128 * 1024 + 64 * 1024);
  });

  it("adds everybody's sizes up in one walk as it does for each", async () => {
    const { measure, measureBase } = ground().driver;
    if (measure === null || measureBase === null) return;
    const [one, other, linked] = [await made(), await made(), subject()];
    await must("mkdir", [pathOf(one, "below"), pathOf(one, "new\nline")]);
    await write(one, "below/a", 128 * 1024);
    await must("ln", [pathOf(one, "below/a"), pathOf(one, "b")]);
    await must("ln", ["-s", "/usr", pathOf(other, "usr")]);
    await must("ln", ["-s", "/usr", pathOf(linked)]);
    const { sizes, total } = await measureBase(AbortSignal.timeout(60_000));
    for (const [key, size] of await measure([one, other], AbortSignal.timeout(60_000))) {
      expect(sizes.get(key)).toBe(size);
    }
    expect(sizes.get(keyOf(one))).toBeGreaterThanOrEqual(128 * 1024);
    for (const none of [keyOf(linked), "user/", "user/groups", "user/.stoa-trash"]) expect(sizes.has(none)).toBe(false);
    const everybody = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(everybody);
  });
}

/** What stands where a directory should be. */
function describeFolders({ ground, subject, wanted, must, pathOf, entryOf }: Trial): void {
  it.each(["file", "link"])("a %s in a directory's place is no directory, and stays as it is", async (kind) => {
    const elsewhere = wanted(subject());
    await ground().plant(elsewhere);
    await must("chmod", ["0705", pathOf(elsewhere)]);
    const one = wanted(subject());
    await must(...inPlace(kind, pathOf(one), pathOf(elsewhere)));
    const before = await must("stat", ["-c", "%f %u %g %i %Y", pathOf(one), pathOf(elsewhere)]);
    const { driver } = ground();
    expect(await driver.look([one])).toEqual([]);
    expect((await driver.list()).map(keyOf)).not.toContain(keyOf(one));
    const other = wanted(subject());
    const outcomes = await driver.settle([one, other, { ...one, quota: 1_000_000, adopted: true }]);
    expect(outcomes.map(codeOf)).toEqual(["not_a_directory", "done", "not_a_directory"]);
    expect(outcomes[0]?.problem).not.toBe("");
    expect(codeOf(await driver.discard(one, entryOf(one)))).toBe("not_a_directory");
    expect(await driver.discarded()).not.toContain(entryOf(one));
    expect(await must("stat", ["-c", "%f %u %g %i %Y", pathOf(one), pathOf(elsewhere)])).toBe(before);
  });

  it("leaves out of its list what is no subject", async () => {
    const { pathOf: at } = ground();
    const strange = [".hidden", "a b", "x.y", "new\nline", "cafe\u0301", "lost+found"];
    for (const name of strange) await must("mkdir", ["-p", at({ kind: "user", name }), at({ kind: "group", name })]);
    const names = (await ground().driver.list()).map(({ name }) => name);
    for (const name of [...strange, "new", "line"]) expect(names).not.toContain(name);
    const alone = await ground().driver.leftAlone();
    for (const kind of ["user", "group"]) {
      const told = alone.filter((one) => one.kind === kind && strange.includes(one.name)).map(({ name }) => name);
      expect(told.sort()).toEqual(strange.filter((name) => name !== "lost+found").sort());
    }
    expect(alone.find(({ name }) => name === "a b")?.because).toBe("a name has letters, digits, - and _ only");
    expect(alone.find(({ name }) => name === "cafe\u0301")?.because).toContain("NFC");
    expect(alone.map(({ name }) => name)).not.toContain(".stoa-trash");
  });
}

function inPlace(kind: string, path: string, elsewhere: string): [string, string[]] {
  return kind === "file" ? ["touch", [path]] : ["ln", ["-s", elsewhere, path]];
}
