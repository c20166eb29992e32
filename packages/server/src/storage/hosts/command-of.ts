import type { Command, PosixRequest, Site, ZfsRequest } from "./command.ts";
import type { StorageRequest } from "./contract.ts";
import { posixCommand } from "./posix-commands.ts";
import { zfsCommand } from "./zfs-commands.ts";

/** The program and arguments that carry out a request: the same on every kind of host. */
export function commandOf(request: StorageRequest, site: Site): Command {
  return isZfs(request) ? zfsCommand(request, site) : posixCommand(request as PosixRequest, site);
}

function isZfs(request: StorageRequest): request is ZfsRequest {
  return request.do.startsWith("z");
}
