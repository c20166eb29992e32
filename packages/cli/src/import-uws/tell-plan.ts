import { showBytes } from "../sizes.ts";
import type { Plan } from "./plan/make-plan.ts";

/** Lines of one kind beyond which only their number is told; --json has all. */
const MOST_LINES = 50;

/** The plan as people read it. */
export function tellPlan(plan: Plan): string[] {
  return [...tellPeople(plan), ...tellWorkspaces(plan), ...tellShares(plan), ...tellJobs(plan), ...tellRest(plan)];
}

function tellPeople({ people, tokens }: Plan): string[] {
  const coming = people.filter((plan) => plan.fate === "take");
  const kept = coming.filter(({ keptId }) => keptId !== null).length;
  const withPassword = coming.filter(({ passwordHash }) => passwordHash !== null).length;
  const lines = people.flatMap((plan) => {
    const who = `  ${plan.old.username} (${plan.old.id})`;
    if (plan.fate === "refuse") return `${who}: stays behind: ${plan.why}`;
    if (plan.fate === "link") return `${who}: is linked to ${plan.account.username} here`;
    return plan.fate === "take" && plan.notes.length > 0 ? `${who}: ${plan.notes.join("; ")}` : [];
  });
  return [
    `People: ${count(people)}; ${kept} keep their number.`,
    ...(coming.length === 0
      ? []
      : [
          `  ${withPassword} keep their password. ${coming.length - withPassword} have none that can be taken over: they set one by a link (stoa admin reset-password NAME, or the sign-in page where mail is delivered).`,
        ]),
    ...(tokens.size === 0 ? [] : [`  The tokens of ${tokens.size} go on working, for STOA_UWS_TOKEN_TTL from now.`]),
    ...limited(lines),
  ];
}

function tellWorkspaces({ workspaces, free }: Plan): string[] {
  const coming = workspaces.filter((plan) => plan.fate === "take");
  const kept = coming.filter(({ keptId }) => keptId !== null).length;
  const files = coming.reduce((sum, { size }) => sum + size.files, 0);
  const bytes = coming.reduce((sum, { size }) => sum + size.bytes, 0);
  const lines = workspaces.flatMap((one) => {
    const which = `  ${one.old.id} ${JSON.stringify(one.old.name)}`;
    if (one.fate === "refuse") return `${which}: stays behind: ${one.why}`;
    return one.fate === "take" && one.notes.length > 0 ? `${which}: ${one.notes.join("; ")}` : [];
  });
  return [
    `Workspaces: ${count(workspaces)}; ${kept} keep their number; ${files} files, ${showBytes(bytes)}; ${showBytes(free)} are free.`,
    ...(bytes > free ? ["  THEY DO NOT FIT: make room first."] : []),
    ...limited(lines),
  ];
}

function tellShares({ shares }: Plan): string[] {
  const lines = shares.flatMap((plan) => (plan.fate === "refuse" ? `  ${plan.old.id}: is not kept: ${plan.why}` : []));
  return [`Shares: ${count(shares)}.`, ...limited(lines)];
}

function tellJobs({ jobs }: Plan): string[] {
  const refused = [...jobs.refused].map(([why, number]) => `  ${number}: stay behind: ${why}`);
  const kept = jobs.take.filter(({ keptId }) => keptId !== null).length;
  return [
    `Jobs: ${jobs.take.length} come as history; ${kept} keep their number; ${jobs.here} are here already.`,
    ...(jobs.running === 0
      ? []
      : [`  ${jobs.running} have not ended there: they come as ended. Stop the old service before --go.`]),
    ...refused,
  ];
}

function tellRest({ quotas }: Plan): string[] {
  return quotas === 0 ? [] : [`Quotas of ${quotas} people are not taken over: set them again here.`];
}

function count(plans: readonly { readonly fate: string }[]): string {
  const of = (fate: string) => plans.filter((plan) => plan.fate === fate).length;
  const parts = [`${of("take")} come`, `${of("here")} are here already`, `${of("refuse")} stay behind`];
  if (of("link") > 0) parts.splice(1, 0, `${of("link")} are linked`);
  return parts.join(", ");
}

function limited(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `  … and ${lines.length - MOST_LINES} more (--json has all)`];
}
