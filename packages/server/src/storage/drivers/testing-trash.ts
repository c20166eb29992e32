import { expect, it } from "vitest";
import { keyOf } from "./contract.ts";
import { codeOf, type Trial } from "./testing-ground.ts";

const UNENDING = () => AbortSignal.timeout(100_000);

/** What is deleted, and nothing besides; and back again. */
export function describeTrash({ ground, subject, made, must, pathOf, write, entryOf, expected }: Trial): void {
  const isThere = async (...given: Parameters<Trial["subject"]>) =>
    (await ground().driver.look([subject(...given)])).length > 0;

  it("deletes a group and leaves the person of the same name, and the reverse", async () => {
    const { driver } = ground();
    const name = `twin${process.pid}`;
    const person = await made(name);
    const group = await made(name, {}, "group");
    await write(person, "mine", 1);
    expect(codeOf(await driver.discard(group, entryOf(group)))).toBe("done");
    expect(await isThere(name, "group")).toBe(false);
    expect((await must("ls", [pathOf(person)])).trim()).toBe("mine");
    const again = await made(name, {}, "group");
    expect(codeOf(await driver.discard(person, entryOf(person)))).toBe("done");
    expect(await isThere(name)).toBe(false);
    expect(await isThere(name, "group")).toBe(true);
    expect(codeOf(await driver.discard(again, entryOf(again)))).toBe("done");
  });

  it("deletes alice and leaves alice2", async () => {
    const { driver } = ground();
    const [alice, alice2, group] = [await made("alice"), await made("alice2"), await made("alice2", {}, "group")];
    expect(codeOf(await driver.discard(alice, entryOf(alice)))).toBe("done");
    expect((await driver.look([alice, alice2, group])).map(keyOf)).toEqual(["user/alice2", "group/alice2"]);
    expect(await driver.purge(entryOf(alice), alice.project, UNENDING())).toBe(true);
    expect((await driver.look([alice2, group])).map(keyOf)).toEqual(["user/alice2", "group/alice2"]);
  });

  it("deletes what is not there, and twice", async () => {
    const { driver } = ground();
    const never = subject();
    expect(codeOf(await driver.discard(never, entryOf(never)))).toBe("done");
    expect(await driver.discarded()).not.toContain(entryOf(never));
    const one = await made();
    expect(codeOf(await driver.discard(one, entryOf(one)))).toBe("done");
    expect(codeOf(await driver.discard(one, entryOf(one)))).toBe("done");
    expect(await driver.discarded()).toContain(entryOf(one));
  });

  it("keeps what is in the trash when a new one of that name goes there too", async () => {
    const { driver } = ground();
    const old = await made();
    await write(old, "old", 1);
    expect(codeOf(await driver.discard(old, entryOf(old)))).toBe("done");
    const young = await made(old.name);
    expect((await must("ls", ["-A", pathOf(young)])).trim()).toBe("");
    await write(young, "young", 1);
    expect(codeOf(await driver.discard(young, entryOf(old)))).toBe("exists");
    expect((await must("ls", [pathOf(young)])).trim()).toBe("young");
    expect(codeOf(await driver.discard(young, entryOf(young)))).toBe("done");
    expect(codeOf(await driver.restore(entryOf(old), old))).toBe("done");
    expect((await must("ls", [pathOf(old)])).trim()).toBe("old");
  });

  it("brings files back with all they had, once, and never over something", async () => {
    const { driver } = ground();
    const one = await made();
    await write(one, "file", 70_000);
    await must("mkdir", [pathOf(one, "below")]);
    await must("ln", ["-s", "/etc", pathOf(one, "below/etc")]);
    const stat = () => must("find", [pathOf(one), "-mindepth", "1", "-printf", "%P %m %U %G %s %l\n"]);
    const before = await stat();
    expect(codeOf(await driver.discard(one, entryOf(one)))).toBe("done");
    expect(await isThere(one.name)).toBe(false);
    const inItsPlace = await made(one.name);
    expect(codeOf(await driver.restore(entryOf(one), one))).toBe("exists");
    expect(await driver.discarded()).toContain(entryOf(one));
    expect(codeOf(await driver.discard(inItsPlace, entryOf(inItsPlace)))).toBe("done");
    expect(codeOf(await driver.restore(entryOf(one), one))).toBe("done");
    expect(codeOf(await driver.restore(entryOf(one), one))).toBe("missing");
    expect(await stat()).toBe(before);
    expect(await driver.discarded()).not.toContain(entryOf(one));
    expect(codeOf((await driver.settle([one]))[0])).toBe("done");
    expect(codeOf(await driver.restore("never-there-1", subject()))).toBe("missing");
  });

  it("purges one entry to the last file, follows no link, and leaves the others", async () => {
    const { driver } = ground();
    const [one, other, outside] = [await made(), await made(), await made()];
    await write(outside, "precious", 1);
    await write(other, "file", 1);
    await must("mkdir", ["-p", pathOf(one, "a/b/c")]);
    await write(one, "a/b/c/file", 1);
    for (const [name, to] of [
      ["etc", "/etc"],
      ["a/b/outside", pathOf(outside)],
      ["a/up", ".."],
      ["a/up2", "../../../.."],
    ] as const) {
      await must("ln", ["-s", to, pathOf(one, name)]);
    }
    await must("ln", [pathOf(outside, "precious"), pathOf(one, "linked")]).catch(() => undefined);
    const etc = await must("find", ["/etc", "-maxdepth", "1", "-printf", "%f %U %m\n"]);
    for (const each of [one, other]) expect(codeOf(await driver.discard(each, entryOf(each)))).toBe("done");
    expect(await driver.purge(entryOf(one), one.project, UNENDING())).toBe(true);
    expect(await driver.purge(entryOf(one), one.project, UNENDING())).toBe(true);
    const left = await driver.discarded();
    expect(left).not.toContain(entryOf(one));
    expect(left).toContain(entryOf(other));
    expect((await must("ls", [pathOf(outside)])).trim()).toBe("precious");
    expect(await must("find", ["/etc", "-maxdepth", "1", "-printf", "%f %U %m\n"])).toBe(etc);
  });

  it("lists nothing of the trash among the subjects, and nothing of them in it", async () => {
    const { driver } = ground();
    const [one, other] = [await made(), await made()];
    await driver.discard(one, entryOf(one));
    const names = (await driver.list()).map(({ name }) => name);
    expect(names).not.toContain(entryOf(one));
    expect(names).not.toContain(".stoa-trash");
    expect(await driver.discarded()).not.toContain(other.name);
  });

  it.runIf(expected.asRoot)("lets nobody but root into the trash", async () => {
    const one = await made();
    await write(one, "secret", 1);
    await ground().driver.discard(one, entryOf(one));
    const path = ground().pathOf({ kind: "trash", name: entryOf(one) });
    expect((await ground().run("ls", [path], one.owner)).code).not.toBe(0);
  });
}
