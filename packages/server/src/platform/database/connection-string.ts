export interface ConnectionTarget {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Directory of a Unix socket (absolute) or an address. */
  readonly host: string;
  readonly port: number;
}

/** A connection URI; a socket's directory goes into the query, as PostgreSQL's own clients read it. */
export function connectionString(target: ConnectionTarget): string {
  const login = `${encodeURIComponent(target.user)}:${encodeURIComponent(target.password)}`;
  const database = encodeURIComponent(target.database);
  if (!target.host.startsWith("/")) return `postgresql://${login}@${target.host}:${target.port}/${database}`;
  return `postgresql://${login}@localhost:${target.port}/${database}?host=${encodeURIComponent(target.host)}`;
}

/** The same server and login, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}
