import path from "node:path";

/** A Unix socket's address holds 107 bytes. */
const LONGEST_SOCKET_PATH = 107;

/** The server's socket in a directory; its lock lies beside it, named `.lock` after it. */
export function socketIn(directory: string): string {
  return path.join(directory, ".s.PGSQL.5432");
}

/** Where the embedded server keeps what. All below `D/postgres`, 0700 and the service account's own, but the passwords. */
export interface ClusterLayout {
  readonly home: string;
  readonly data: string;
  readonly log: string;
  /** Null when the path is too long for a socket: then 127.0.0.1 and any free port. Outside `home` when shared. */
  readonly socketDirectory: string | null;
  readonly runtime: string;
  readonly keys: string;
  readonly passwords: string;
}

/**
 * The embedded server's places in the data directory.
 * @param shared another account reaches its socket: then that lies where this account can come
 */
export function clusterLayout(dataDir: string, { shared = false } = {}): ClusterLayout {
  const home = path.join(dataDir, "postgres");
  const socketDirectory = shared ? path.join(dataDir, "run", "postgres") : path.join(home, "socket");
  const fits = Buffer.byteLength(socketIn(socketDirectory)) <= LONGEST_SOCKET_PATH;
  const keys = path.join(dataDir, "keys");
  return {
    home,
    data: path.join(home, "data"),
    log: path.join(home, "postgres.log"),
    socketDirectory: fits ? socketDirectory : null,
    runtime: path.join(dataDir, "runtime"),
    keys,
    passwords: path.join(keys, "postgres.json"),
  };
}
