import { sql } from "kysely";
import type { HealthProblem } from "../../platform/http/dependency-health.ts";
import type { HubContext } from "../context.ts";
import { asksServers, idlePolicy } from "../servers/idle/idle-policy.ts";

interface Asked {
  readonly forbidden: number;
  readonly elsewhere: number;
  readonly silent: number;
  readonly answered: number;
}

/** Why idle servers are not stopped though they should be, for administrators; null: nothing is in the way. */
export async function idleProblem({
  db,
  platform,
}: Pick<HubContext, "db" | "platform">): Promise<Exclude<HealthProblem, string> | null> {
  const policy = idlePolicy(platform.config);
  if (policy === null || !asksServers(policy)) return null;
  const { rows } = await sql<Asked>`
    select count(*) filter (where ask_problem = 'forbidden')::int as forbidden,
      count(*) filter (where ask_problem = 'elsewhere')::int as elsewhere,
      count(*) filter (where ask_problem = 'silent')::int as silent,
      count(*) filter (where answered_at is not null)::int as answered
    from hub_servers where state = 'ready' and cardinality(asked_at) > 0`.execute(db);
  const { forbidden, elsewhere, silent, answered } = rows[0] as Asked;
  if (forbidden > 0) {
    return {
      en: `Idle servers are not stopped: ${forbidden} refused to tell of their kernels. Stoa's token lacks access:servers.`,
      fa: `سرورهای بی‌کار متوقف نمی‌شوند: ${figure(forbidden)} سرور از کرنل‌هایشان خبر نمی‌دهند. توکن استوا access:servers را کم دارد.`,
    };
  }
  if (elsewhere > 0 || (silent > 0 && answered === 0)) {
    const many = elsewhere + silent;
    return {
      en: `Idle servers are not stopped: ${many} can't be asked where Stoa looks for them. Set JUPYTERHUB_PROXY_URL to the hub's proxy.`,
      fa: `سرورهای بی‌کار متوقف نمی‌شوند: از ${figure(many)} سرور در جایی که استوا می‌جوید نمی‌توان پرسید. JUPYTERHUB_PROXY_URL را پروکسی JupyterHub بگذارید.`,
    };
  }
  return null;
}

const figure = (count: number): string => count.toLocaleString("fa-IR");
