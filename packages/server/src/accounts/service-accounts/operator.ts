import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { createClientToken, revokeClientToken } from "./client-tokens.ts";
import { type ClientTokenRow, clientTokensOf, findService, listServices, type ServiceRow } from "./queries.ts";
import { serviceRefusal } from "./refusals.ts";
import { createService, type NewService } from "./service-accounts.ts";

/** Service accounts for an operator at the host. `by` says who, for the audit entry. All throw refusals. */
export interface ServiceAccounts {
  /** Oldest first; each with its client tokens, newest first. */
  list(): Promise<readonly (ServiceRow & { readonly tokens: readonly ClientTokenRow[] })[]>;
  create(wanted: NewService, by: string): Promise<ServiceRow>;
  /** The secret is in this answer and nowhere else. */
  createToken(
    username: string,
    wanted: { readonly label: string; readonly days?: number },
    by: string,
  ): Promise<{ token: string; row: ClientTokenRow }>;
  /** With the tokens that people got by it, unless `keepMinted`. @returns how many of these ended */
  revokeToken(username: string, keyId: string, keepMinted: boolean, by: string): Promise<number>;
}

/** Services of one installation; more are not listed at the host. */
const MOST = 1_000;

export function createServiceAccounts(context: AccountsContext): ServiceAccounts {
  async function idOf(username: string): Promise<number> {
    const service = await findService(context.db, { username });
    if (!service) throw serviceRefusal("no_such_service");
    return service.id;
  }

  return {
    async list() {
      const services = await listServices(context.db, { limit: MOST });
      return Promise.all(
        services.map(async (service) => ({ ...service, tokens: await clientTokensOf(context.db, service.id) })),
      );
    },
    create: (wanted, by) => createService(context, null, wanted, { ...SYSTEM, label: by }),
    async createToken(username, wanted, by) {
      return createClientToken(context, null, await idOf(username), wanted, { ...SYSTEM, label: by });
    },
    async revokeToken(username, keyId, keepMinted, by) {
      const meant = { serviceId: await idOf(username), keyId, keepMinted };
      return (await revokeClientToken(context, null, meant, { ...SYSTEM, label: by })).ended;
    },
  };
}
