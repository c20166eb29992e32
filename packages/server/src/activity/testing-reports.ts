import { randomUUID } from "node:crypto";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";
import { type Activity, createActivity, type WhoseHubToken } from "./activity.ts";

/** The domain beside accounts, on a database of its own. */
export interface ActivityServer extends AccountsServer {
  readonly activity: Activity;
  /** Reports as that person does. */
  report(as: TestPerson | { readonly bearer: string }, executions: readonly object[]): Promise<Reported>;
  rows<T = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<T[]>;
}

export interface Reported {
  readonly status: number;
  readonly body: {
    readonly received: number;
    readonly taken: number;
    readonly known: number;
    readonly cut: number;
    readonly refused: readonly { readonly index: number; readonly id: string | null; readonly reason: string }[];
    readonly detail?: string;
  };
}

export async function createActivityServer(
  options: Parameters<typeof createAccountsServer>[0] & { readonly whoseHubToken?: WhoseHubToken } = {},
): Promise<ActivityServer> {
  let activity: Activity | undefined;
  const server = await createAccountsServer({
    ...options,
    routes: [async (app) => app.register((activity as Activity).routes)],
    onBuilt: (platform, accounts) => {
      activity = createActivity(platform, accounts, options.whoseHubToken);
      accounts.contribute(activity.accountPart);
    },
  });
  return {
    ...server,
    activity: activity as unknown as Activity,
    async report(as, executions) {
      const { status, body } = await server.call("POST", "/api/audit-logs", { as, body: { executions } });
      return { status, body: body as Reported["body"] };
    },
    rows: async (text, values = []) => (await server.database.pool.query(text, [...values])).rows,
  };
}

/** One cell that ran well just now, but for what is said. */
export function cell(changes: object = {}): object {
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    cell_number: 1,
    code: "print('hello')",
    execution_time_ms: 10,
    status: "success",
    ...changes,
  };
}

export const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
