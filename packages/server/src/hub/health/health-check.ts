import type { HealthChecks, HealthProblem } from "../../platform/http/dependency-health.ts";
import type { HubContext } from "../context.ts";
import { functionsOf } from "./functions.ts";
import { idleProblem } from "./idle-health.ts";
import type { createProbe } from "./probe.ts";
import { remedyFor } from "./remedies.ts";
import { type HubTrouble, TROUBLES } from "./trouble.ts";

/** For what looks after dependencies, and tells administrators; nothing where no hub is configured. */
export function hubHealth(
  context: Pick<HubContext, "db" | "platform">,
  probe: ReturnType<typeof createProbe> | null,
): HealthChecks {
  if (probe === null) return {};
  return {
    async jupyterhub() {
      const { self, problem } = await probe.read();
      if (problem !== null) return inBoth((language) => troubleSentence(problem.code, language));
      const off = functionsOf(self?.scopes ?? new Set()).filter(({ on }) => !on);
      // Fewer scopes may be wanted: it is out of order where nobody could launch.
      const vital = off.filter(({ id }) => VITAL.has(id));
      if (vital.length === 0) return null;
      const missing = [...new Set(vital.flatMap((each) => each.missing))].join(", ");
      return {
        en: `Stoa's token at JupyterHub lacks ${missing}: nobody can start a server.`,
        fa: `توکن استوا در JupyterHub این‌ها را کم دارد: ${missing}. کسی نمی‌تواند سروری راه بیندازد.`,
      };
    },
    idle_servers: () => idleProblem(context),
  };
}

/** What is wrong, and what mends it: the page of the hub's health says the same. */
function troubleSentence(code: HubTrouble, language: "en" | "fa"): string {
  return `${TROUBLES[code][language]}. ${remedyFor(code, language)}`;
}

function inBoth(say: (language: "en" | "fa") => string): HealthProblem {
  return { en: say("en"), fa: say("fa") };
}

const VITAL: ReadonlySet<string> = new Set(["see_users", "see_servers", "start_servers"]);
