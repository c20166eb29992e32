import { datasetParts } from "../drivers/zfs/dataset-names.ts";
import { type Command, type PosixRequest, partsOf, type Site } from "./command.ts";
import type { Place, QuotaLine } from "./contract.ts";

/**
 * Before what walks whole trees, for disks and for machines without an `IdleGroup`. Where the kernel groups processes
 * by session (sched_autogroup_enabled), the nice value is not heard: each command runs in a session of its own.
 */
const LOW = ["-n", "19", "ionice", "-c", "3"];

/**
 * The command of a request on folders and kernel quotas: coreutils, findutils, util-linux, e2fsprogs and quota. None of
 * them follows a link below the base; a name that looks like an option comes behind `--` or a path.
 */
export function posixCommand(request: PosixRequest, site: Site): Command {
  const at = (place: Place): string => pathOf(site, place);
  const all = (places: readonly Place[]): string[] => places.map(at);
  switch (request.do) {
    case "stat":
      return { program: "stat", args: ["-c", "%f %u %g %d %i %Y %n", "--", ...all(request.places)] };
    case "list":
      return {
        program: "find",
        args: ["-P", at(request.place), "-mindepth", "1", "-maxdepth", "1", "-printf", "%y %U %G %m %D %i %f\\0"],
      };
    case "who":
      return { program: "id", args: [] };
    case "file-system":
      return { program: "findmnt", args: ["-J", "-b", "-o", "FSTYPE,TARGET,OPTIONS,SIZE,AVAIL", "-T", topOf(site)] };
    case "make":
      return makeCommand(request, site);
    case "create":
      return { program: "mkdir", args: ["-m", "0700", "--", ...all(request.places)] };
    case "move":
      return { program: "mv", args: ["-n", "-T", "--", at(request.from), at(request.to)] };
    case "remove":
      return low("rm", "-rf", "--one-file-system", "--", at(request.place));
    case "measure":
      return low("du", "-sbx", "-0", "--", ...all(request.places));
    case "measure-base":
      // One argument: of several, `du` would remember every file, not only those with several links.
      return low("du", "-bx", "-0", "-d1", "--", topOf(site));
    case "quota-state":
      return { program: "quotaon", args: ["-p", "-u", "-P", mountOf(site)] };
    case "set-quotas":
      return {
        program: "setquota",
        args: [flagOf(request.by), "-b", mountOf(site)],
        input: request.lines.map(lineOf).join(""),
      };
    case "report-quotas":
      return { program: "repquota", args: [flagOf(request.by), "-n", "-O", "csv", mountOf(site)] };
    case "set-project":
      return projectCommand(at(request.place), request);
    case "attributes":
      return { program: "lsattr", args: ["-d", "-p", "--", ...all(request.places)] };
    case "list-projects":
      return low("lsattr", "-R", "-a", "-p", "--", at(request.place));
  }
}

function low(program: string, ...args: string[]): Command {
  return { program: "nice", args: [...LOW, program, ...args], canWait: true };
}

/**
 * From within the base, or `install` would make the base itself where it is gone, on the disk that it was mounted over.
 * "root" is whoever runs commands: nobody else can give a folder away.
 */
function makeCommand({ places, owner, mode }: Extract<PosixRequest, { do: "make" }>, site: Site): Command {
  const owned = owner === "root" ? [] : ["-o", `${owner.uid}`, "-g", `${owner.gid}`];
  const below = places.map((place) => ["."].concat(partsAt(site, place)).join("/"));
  const install = ["install", "-d", "-m", mode.toString(8).padStart(4, "0"), ...owned, "--", ...below];
  return { program: "env", args: ["-C", topOf(site), ...install] };
}

/**
 * From above, so that what is made meanwhile inherits it from a folder that has it already, or is still to come. `find`
 * enters each folder by its descriptor and names files from within it: somebody who puts a link in a folder's place
 * leads nobody out. What is no file and no folder has no flags to set. Somebody waits for their quota to hold: it goes
 * on beside others' work.
 */
function projectCommand(path: string, { project, all }: { readonly project: number; readonly all: boolean }): Command {
  const set = ["-p", `${project}`];
  if (!all) return { program: "chattr", args: [...set, "+P", path] };
  const folders = ["-type", "d", "-execdir", "chattr", "-f", ...set, "+P", "{}", "+"];
  const files = ["-type", "f", "-execdir", "chattr", "-f", ...set, "{}", "+"];
  return { program: "nice", args: [...LOW, "find", "-P", path, "-xdev", ...folders, "-o", ...files] };
}

/** Soft limit none, hard limit in KiB: a quota never lets more through than was set, and is never none by rounding. */
function lineOf({ id, bytes }: QuotaLine): string {
  const blocks = bytes === null ? 0 : Math.max(1, Math.floor(bytes / 1024));
  return `${id} 0 ${blocks} 0 0\n`;
}

function flagOf(by: "project" | "user"): string {
  return by === "project" ? "-P" : "-u";
}

function pathOf(site: Site, place: Place): string {
  return [topOf(site), ...partsAt(site, place)].join("/");
}

/** A dataset is mounted at a folder of its own name, which is ASCII. */
function partsAt({ backend }: Site, place: Place): readonly string[] {
  return backend === "zfs" ? datasetParts(place) : partsOf(place);
}

/** The folder that all lies in: for zfs where the base dataset is mounted. */
function topOf(site: Site): string {
  return site.backend === "posix" ? site.base : mountOf(site);
}

/** Quota tools want the mount point itself; where it isn't known they say what they don't find. */
function mountOf({ mount, base }: Site): string {
  return mount ?? base;
}
