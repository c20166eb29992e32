import { datasetOf } from "../drivers/zfs/dataset-names.ts";
import type { Command, Site, ZfsRequest } from "./command.ts";
import type { Place } from "./contract.ts";

/** What is common to zfs-fuse 0.7 and OpenZFS 2.x: no `zfs list -p`, no JSON, no `-t`, one thing a call. */
const COLUMNS = ["-Hp", "-o", "name,property,value"];
/** A group's snapshot lies that deep below the base; a level more for each level is what ZFS would have to walk. */
const SNAPSHOTS_OF_GROUPS = "3";

/** The command of a request on datasets. */
export function zfsCommand(request: ZfsRequest, { base }: Site): Command {
  const dataset = (place: Place): string => datasetOf(place, base);
  switch (request.do) {
    case "zfs-version":
      return zfs("version");
    case "zfs-get":
      return zfs(
        "get",
        // Not deeper: so it passes over all snapshots, of which there may be fifty for each dataset.
        ...(request.recursive ? ["-r", "-d", "1"] : []),
        ...COLUMNS,
        request.properties.join(","),
        ...request.places.map(dataset),
      );
    case "zfs-create":
      return zfs("create", ...quotaOption(request.quota), dataset(request.place));
    case "zfs-set":
      return zfs("set", `${request.property}=${propertyValue(request)}`, dataset(request.place));
    case "zfs-mount":
      return zfs("mount", dataset(request.place));
    case "zfs-unmount":
      return zfs("unmount", dataset(request.place));
    case "zfs-rename":
      return zfs("rename", dataset(request.from), dataset(request.to));
    case "zfs-destroy":
      return zfs("destroy", "-r", dataset(request.place));
    case "zfs-snapshot":
      return zfs("snapshot", `${dataset(request.place)}@${request.snapshot}`);
    case "zfs-snapshots": {
      const depth = request.recursive ? SNAPSHOTS_OF_GROUPS : "1";
      return zfs("get", "-r", "-d", depth, ...COLUMNS, "creation,used", dataset(request.place));
    }
    case "zfs-destroy-snapshot":
      return zfs("destroy", `${dataset(request.place)}@${request.snapshot}`);
    case "zpool-status":
      return { program: "zpool", args: ["status", base.split("/", 1)[0] ?? base] };
  }
}

function zfs(...args: readonly string[]): Command {
  return { program: "zfs", args };
}

/** With the dataset in one command: there is no moment at which it has none. */
function quotaOption(quota: number | null): readonly string[] {
  return quota === null || quota === 0 ? [] : ["-o", `quota=${quota}`];
}

/** zfs-fuse refuses 0 for none. */
function propertyValue({ property, value }: Extract<ZfsRequest, { do: "zfs-set" }>): string {
  return property !== "canmount" && value === "0" ? "none" : value;
}
