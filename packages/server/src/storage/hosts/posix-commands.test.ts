import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { removeDirectory } from "../../testing/remove-directory.ts";
import type { PosixRequest, Site } from "./command.ts";
import type { HostAnswer } from "./contract.ts";
import { posixCommand } from "./posix-commands.ts";
import { runCommand } from "./run-command.ts";

const SITE: Site = { backend: "posix", base: "/srv/home", mount: "/srv" };
const ADA = { kind: "user", name: "ada" } as const;
const LAB = { kind: "group", name: "lab" } as const;
const GONE = { kind: "trash", name: "subject-7" } as const;

const line = (request: PosixRequest, site = SITE): string => {
  const { program, args } = posixCommand(request, site);
  return [program, ...args].join(" ");
};

test.each<[PosixRequest, string]>([
  [
    { do: "stat", places: [{ kind: "base" }, ADA, LAB, GONE] },
    "stat -c %f %u %g %d %i %Y %n -- /srv/home /srv/home/ada /srv/home/groups/lab /srv/home/.stoa-trash/subject-7",
  ],
  [{ do: "who" }, "id"],
  [{ do: "move", from: ADA, to: GONE }, "mv -n -T -- /srv/home/ada /srv/home/.stoa-trash/subject-7"],
  [{ do: "remove", place: GONE }, "nice -n 19 ionice -c 3 rm -rf --one-file-system -- /srv/home/.stoa-trash/subject-7"],
  [
    { do: "make", places: [ADA, LAB], owner: { uid: 1000, gid: 50 }, mode: 0o770 },
    "env -C /srv/home install -d -m 0770 -o 1000 -g 50 -- ./ada ./groups/lab",
  ],
  [
    { do: "make", places: [{ kind: "trashes" }], owner: "root", mode: 0o700 },
    "env -C /srv/home install -d -m 0700 -- ./.stoa-trash",
  ],
  [{ do: "create", places: [LAB] }, "mkdir -m 0700 -- /srv/home/groups/lab"],
  [{ do: "measure", places: [ADA] }, "nice -n 19 ionice -c 3 du -sbx -0 -- /srv/home/ada"],
  [{ do: "measure-base" }, "nice -n 19 ionice -c 3 du -bx -0 -d1 -- /srv/home"],
  [{ do: "report-quotas", by: "project" }, "repquota -P -n -O csv /srv"],
  [{ do: "report-quotas", by: "user" }, "repquota -u -n -O csv /srv"],
  [{ do: "set-project", place: ADA, project: 7, all: false }, "chattr -p 7 +P /srv/home/ada"],
  [{ do: "attributes", places: [ADA] }, "lsattr -d -p -- /srv/home/ada"],
  [{ do: "list-projects", place: LAB }, "nice -n 19 ionice -c 3 lsattr -R -a -p -- /srv/home/groups/lab"],
])("%o", (request, expected) => {
  expect(line(request)).toBe(expected);
});

test("quotas in KiB, rounded down, but never down to none", () => {
  const lines = [
    { id: 7, bytes: 10 * 1024 + 1023 },
    { id: 8, bytes: 1 },
    { id: 9, bytes: null },
    { id: 10, bytes: 2 ** 53 - 1 },
  ];
  expect(posixCommand({ do: "set-quotas", by: "project", lines }, SITE)).toEqual({
    program: "setquota",
    args: ["-P", "-b", "/srv"],
    input: "7 0 10 0 0\n8 0 1 0 0\n9 0 0 0 0\n10 0 8796093022207 0 0\n",
  });
});

test("where no mount is known the base is named, and nothing found there", () => {
  expect(line({ do: "quota-state" }, { ...SITE, mount: null })).toBe("quotaon -p -u -P /srv/home");
});

test("for zfs folders are looked for where the base dataset is mounted", () => {
  const site: Site = { backend: "zfs", base: "tank/home", mount: "/tank/home" };
  expect(line({ do: "stat", places: [ADA] }, site)).toContain("-- /tank/home/ada");
});

describe("with the programs themselves", () => {
  let base: string;

  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "stoa-commands-")));
  });
  afterAll(() => removeDirectory(base));

  const run = (request: PosixRequest, at = base): Promise<HostAnswer> =>
    runCommand(posixCommand(request, { ...SITE, base: at }), { time: 30_000, signal: undefined });
  const make = (name: string) => mkdirSync(join(base, name), { recursive: true });

  it("makes nothing where the base is gone, least of all the base", async () => {
    const gone = join(base, "not-mounted");
    const answer = await run({ do: "make", places: [ADA], owner: "root", mode: 0o770 }, gone);
    expect(answer.code).not.toBe(0);
    expect(existsSync(gone)).toBe(false);
  });

  it("makes folders with their mode, again and again, and keeps what is in them", async () => {
    for (const _ of [1, 2]) {
      const answer = await run({ do: "make", places: [ADA, LAB], owner: "root", mode: 0o770 });
      expect(answer).toMatchObject({ code: 0, err: "" });
      expect(statSync(join(base, "groups/lab")).mode & 0o7777).toBe(0o770);
      expect(statSync(join(base, "groups")).mode & 0o011).toBe(0o011);
      writeFileSync(join(base, "ada/kept"), "");
    }
    expect(readdirSync(join(base, "ada"))).toEqual(["kept"]);
  });

  it("moves onto nothing that is there, be it an empty folder", async () => {
    make("from/inside");
    make(".stoa-trash/subject-1");
    await run({ do: "move", from: { kind: "user", name: "from" }, to: { kind: "trash", name: "subject-1" } });
    expect(readdirSync(join(base, "from"))).toEqual(["inside"]);
    expect(readdirSync(join(base, ".stoa-trash/subject-1"))).toEqual([]);
  });

  it("lists what lies in a folder, whatever it is called, and nothing behind a link", async () => {
    make("list/a b\nc");
    symlinkSync("/etc", join(base, "list/link"));
    symlinkSync("/etc", join(base, "groups/outside"));
    const at = join(base, "list");
    const entries = (await run({ do: "list", place: { kind: "base" } }, at)).out.split("\0");
    expect(
      entries
        .map((entry) => `${entry[0]} ${entry.split(" ").slice(6).join(" ")}`)
        .slice(0, 2)
        .sort(),
    ).toEqual(["d a b\nc", "l link"]);
  });

  it("tells the sizes of those that are there where others aren't", async () => {
    make("sized");
    writeFileSync(join(base, "sized/file"), "x".repeat(5000));
    const nobody = { kind: "user", name: "nobody" } as const;
    const answer = await run({ do: "measure", places: [nobody, { kind: "user", name: "sized" }] });
    expect(answer.code).toBe(1);
    expect(answer.out).toMatch(/^\d{4,6}\t.*\/sized\0$/);
  });

  it("removes what names no link leads to", async () => {
    make(".stoa-trash/links");
    make("outside/kept");
    symlinkSync(join(base, "outside"), join(base, ".stoa-trash/links/out"));
    expect((await run({ do: "remove", place: { kind: "trash", name: "links" } })).code).toBe(0);
    expect(existsSync(join(base, ".stoa-trash/links"))).toBe(false);
    expect(readdirSync(join(base, "outside"))).toEqual(["kept"]);
  });

  it("knows the file system, in bytes", async () => {
    const { out } = await run({ do: "file-system" });
    const { filesystems } = JSON.parse(out) as { filesystems: Record<string, unknown>[] };
    expect(filesystems.at(-1)).toMatchObject({ fstype: expect.any(String), target: expect.stringMatching(/^\//) });
    expect(Number(filesystems.at(-1)?.size)).toBeGreaterThan(2 ** 20);
  });
});
