import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeDirectory } from "../../testing/remove-directory.ts";
import { houseAccount, type Places, whereHoused } from "./house-account.ts";
import { CannotMove, finishMove, moveAccount, removeAside, unfinishedMoves } from "./move-account.ts";

let root: string;
let places: Places;
let stored: string;
const at = (...parts: string[]) => path.join(root, ...parts);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "stoa-move-"));
  places = { workspaces: at("workspaces/12"), trash: at("trash/12") };
  stored = at("base/ada");
  for (const one of ["workspaces/12/3", "trash/12/7", "base/ada/workspaces/3", "base/ada/.stoa/trash/7"]) {
    mkdirSync(at(one), { recursive: true });
    writeFileSync(at(one, "file"), one.startsWith("base") ? "copy" : "old");
  }
});
afterEach(() => removeDirectory(root));

const seen = () => [
  readFileSync(at("workspaces/12/3/file"), "utf8"),
  readFileSync(at("trash/12/7/file"), "utf8"),
  existsSync(at("workspaces/.moving-12")),
];

describe("folders that give way to links", () => {
  it("are set aside whole, and links lead to the copies", async () => {
    const closed: string[] = [];
    const close = async (kind: string) => {
      closed.push(kind);
      expect(existsSync(at(kind, "12"))).toBe(false);
    };
    expect(await moveAccount(places, stored, close)).toBe("inside");
    expect(closed).toEqual(["trash", "workspaces"]);
    expect(seen()).toEqual(["copy", "copy", false]);
    expect(readlinkSync(places.workspaces)).toBe(path.join(stored, "workspaces"));
    expect(readFileSync(at("workspaces/.apart-12/3/file"), "utf8")).toBe("old");
    expect(readFileSync(at("trash/.apart-12/7/file"), "utf8")).toBe("old");
    expect(await moveAccount(places, stored)).toBe("inside");
    expect(await removeAside(places)).toBe(false);
  });

  it("are there as they were, or as they are to be, wherever it is cut off", async () => {
    // Each call of this throws in turn: after the trash was set aside, after the workspaces were.
    for (const [cut, kind] of ["trash", "workspaces"].entries()) {
      const dies = async (now: string) => {
        if (now === kind) throw new Error("killed");
      };
      await expect(moveAccount(places, stored, dies)).rejects.toThrow("killed");
      expect(await unfinishedMoves(at("workspaces"))).toEqual([12]);
      // Somebody who knows nothing of it has made empty ones in the meantime.
      if (cut === 1) mkdirSync(at("workspaces/12/.staging"), { recursive: true });
    }
    await finishMove(places);
    expect(seen()).toEqual(["copy", "copy", false]);
    expect(await whereHoused(places)).toBe("inside");
    expect(await unfinishedMoves(at("workspaces"))).toEqual([]);
  });

  it("change nothing where a copy is missing, or an earlier move's are still there", async () => {
    await expect(moveAccount(places, at("base/bob"))).rejects.toThrow(CannotMove);
    mkdirSync(at("trash/.apart-12"));
    await expect(moveAccount(places, stored)).rejects.toThrow(CannotMove);
    expect(lstatSync(places.workspaces).isDirectory()).toBe(true);
    expect(seen()).toEqual(["old", "old", false]);
    await finishMove(places);
    expect(seen()).toEqual(["old", "old", false]);
  });

  it("take a link of an earlier storage's for what it is", async () => {
    mkdirSync(at("base/eve/.stoa/trash"), { recursive: true });
    mkdirSync(at("trash/13"), { recursive: true });
    const mine: Places = { workspaces: at("workspaces/13"), trash: at("trash/13") };
    expect(await houseAccount(mine, at("base/eve"))).toBe("inside");
    // Its workspaces are put apart again, as by hand.
    const { unlinkSync } = await import("node:fs");
    unlinkSync(mine.workspaces);
    mkdirSync(at("workspaces/13/1"), { recursive: true });
    expect(await moveAccount(mine, stored)).toBe("inside");
    expect(readlinkSync(mine.trash)).toBe(path.join(stored, ".stoa/trash"));
  });

  it("are never replaced where both have something in them", async () => {
    symlinkSync(path.join(stored, "workspaces"), at("workspaces/.moving-12"));
    mkdirSync(at("workspaces/.apart-12"));
    await expect(finishMove(places)).rejects.toThrow("something in it");
    expect(readFileSync(at("workspaces/12/3/file"), "utf8")).toBe("old");
  });

  it("are finished by many at once", async () => {
    symlinkSync(path.join(stored, "workspaces"), at("workspaces/.moving-12"));
    await Promise.all(Array.from({ length: 20 }, () => finishMove(places)));
    expect(seen()).toEqual(["copy", "copy", false]);
    expect(readdirSync(at("workspaces")).sort()).toEqual([".apart-12", "12"]);
  });
});
