import { statSync } from "node:fs";
import { StartError } from "../../platform/errors/start-error.ts";

export interface SshTarget {
  readonly user: string;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Under which the host's key stands in our list of known hosts: its name and address may change. */
const ALIAS = "stoa-storage";

/** `user@host[:port]`; an IPv6 address in brackets. @throws StartError */
export function sshTargetOf(text: string): SshTarget {
  const [, user = "", host = "", port] =
    /^([A-Za-z_][\w.-]*)@([A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = Number(port ?? 22);
  if (host === "" || number < 1 || number > 65_535) {
    throw new StartError(`STORAGE_SSH (${text}) is not user@host or user@host:port.`, "Write it as root@files:22.");
  }
  return { user, host: host.replace(/^\[|\]$/g, ""), port: number };
}

/** The line of a list of known hosts. @param key as `ssh-ed25519 AAAA…`, a comment may follow. @throws StartError */
export function knownHostOf(key: string): string {
  const [, kind, value] = /^((?:ssh|ecdsa|sk)-[\w@.-]+) ([A-Za-z0-9+/]{20,}={0,3})(?: [^\n]*)?$/.exec(key.trim()) ?? [];
  if (kind === undefined) {
    throw new StartError(
      "STORAGE_SSH_HOST_KEY is not a public key.",
      "Write it as ssh-ed25519 AAAA…: the content of /etc/ssh/ssh_host_ed25519_key.pub on the storage host.",
    );
  }
  return `${ALIAS} ${kind} ${value}\n`;
}

/** Nobody else may read it: who has it is root on the storage host. @throws StartError */
export function checkKeyFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) {
    throw new StartError(
      `There is no key file ${file}, which STORAGE_SSH_KEY_FILE names.`,
      `Make one: ssh-keygen -t ed25519 -N '' -f ${file}, and put ${file}.pub into the storage host's authorized_keys.`,
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new StartError(
      `The key file ${file} can be read by others than its owner: who has it commands the storage host.`,
      `Take that away: chmod 600 ${file}.`,
    );
  }
}

/** Everything that ssh is told; of its own files and the person's it reads none. */
export function sshOptions(
  target: SshTarget,
  files: { readonly keyFile: string; readonly knownHosts: string; readonly socket: string },
): readonly string[] {
  const options = {
    BatchMode: "yes",
    CheckHostIP: "no",
    ClearAllForwardings: "yes",
    ConnectTimeout: "15",
    ControlPath: fileName(files.socket),
    ForwardAgent: "no",
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlias: ALIAS,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    IdentityFile: fileName(files.keyFile),
    LogLevel: "ERROR",
    PreferredAuthentications: "publickey",
    // A line that is cut without a word is noticed within 45 seconds.
    ServerAliveCountMax: "3",
    ServerAliveInterval: "15",
    StrictHostKeyChecking: "yes",
    UpdateHostKeys: "no",
    UserKnownHostsFile: fileName(files.knownHosts),
  };
  const given = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-T", ...given, "-l", target.user, "-p", String(target.port)];
}

/** ssh splits such values at spaces, and puts something in place of `%h` or `${HOME}`. @throws StartError */
function fileName(path: string): string {
  if (/["\n\\]|\$\{/.test(path)) {
    throw new StartError(`ssh can't take a path such as ${path}.`, 'Choose one without ", \\ and ${.');
  }
  return `"${path.replaceAll("%", "%%")}"`;
}
