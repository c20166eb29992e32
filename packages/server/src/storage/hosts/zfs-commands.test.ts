import { expect, test } from "vitest";
import type { Site, ZfsRequest } from "./command.ts";
import { zfsCommand } from "./zfs-commands.ts";

const SITE: Site = { backend: "zfs", base: "tank/home", mount: null };
const ADA = { kind: "user", name: "ada" } as const;
const LAB = { kind: "group", name: "lab" } as const;
const ENTRY = { kind: "trash", name: "12-1" } as const;
const BASE = { kind: "base" } as const;

const GET = "-Hp -o name,property,value";

test.each<[ZfsRequest, string]>([
  [{ do: "zfs-version" }, "zfs version"],
  [{ do: "zpool-status" }, "zpool status tank"],
  [
    { do: "zfs-get", properties: ["quota", "used"], places: [ADA, LAB], recursive: false },
    `zfs get ${GET} quota,used tank/home/ada tank/home/groups/lab`,
  ],
  [{ do: "zfs-get", properties: ["used"], places: [BASE], recursive: true }, `zfs get -r -d 1 ${GET} used tank/home`],
  [{ do: "zfs-create", place: ADA, quota: 5_000_000 }, "zfs create -o quota=5000000 tank/home/ada"],
  [{ do: "zfs-create", place: ADA, quota: 0 }, "zfs create tank/home/ada"],
  [{ do: "zfs-create", place: { kind: "trashes" }, quota: null }, "zfs create tank/home/.stoa-trash"],
  [{ do: "zfs-set", place: ADA, property: "quota", value: "5" }, "zfs set quota=5 tank/home/ada"],
  [{ do: "zfs-set", place: ADA, property: "quota", value: "0" }, "zfs set quota=none tank/home/ada"],
  [{ do: "zfs-set", place: ADA, property: "refquota", value: "none" }, "zfs set refquota=none tank/home/ada"],
  [{ do: "zfs-set", place: ADA, property: "canmount", value: "noauto" }, "zfs set canmount=noauto tank/home/ada"],
  [{ do: "zfs-mount", place: ADA }, "zfs mount tank/home/ada"],
  [{ do: "zfs-unmount", place: ADA }, "zfs unmount tank/home/ada"],
  [{ do: "zfs-rename", from: ADA, to: ENTRY }, "zfs rename tank/home/ada tank/home/.stoa-trash/12-1"],
  [{ do: "zfs-destroy", place: ENTRY }, "zfs destroy -r tank/home/.stoa-trash/12-1"],
  [
    { do: "zfs-snapshot", place: { kind: "user", name: "josé" }, snapshot: "now" },
    "zfs snapshot tank/home/jos:c3a9@now",
  ],
  [{ do: "zfs-destroy-snapshot", place: LAB, snapshot: "now" }, "zfs destroy tank/home/groups/lab@now"],
  [{ do: "zfs-snapshots", place: BASE, recursive: true }, `zfs get -r -d 3 ${GET} creation,used tank/home`],
  [{ do: "zfs-snapshots", place: ADA, recursive: false }, `zfs get -r -d 1 ${GET} creation,used tank/home/ada`],
])("%j", (request, line) => {
  const { program, args } = zfsCommand(request, SITE);
  expect([program, ...args].join(" ")).toBe(line);
});

test("a pool can be the base itself", () => {
  const site = { ...SITE, base: "tank" };
  expect(zfsCommand({ do: "zpool-status" }, site).args).toEqual(["status", "tank"]);
  expect(zfsCommand({ do: "zfs-mount", place: ADA }, site).args).toEqual(["mount", "tank/ada"]);
});
