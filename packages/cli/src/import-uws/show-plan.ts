import type { Plan } from "./plan/make-plan.ts";

/** The plan as JSON: no password, no token in it. */
export function showPlan(plan: Plan) {
  return {
    people: plan.people.map((person) => ({
      old_id: person.old.id,
      old_username: person.old.username,
      fate: person.fate,
      ...(person.fate === "refuse" ? { why: person.why } : {}),
      ...(person.fate === "link" || person.fate === "here"
        ? { id: person.account.id, username: person.account.username }
        : {}),
      ...(person.fate === "take"
        ? {
            id: person.keptId,
            username: person.username,
            email: person.email,
            keeps_password: person.passwordHash !== null,
            notes: person.notes,
          }
        : {}),
      keeps_token: plan.tokens.has(person.old.id),
    })),
    workspaces: plan.workspaces.map((workspace) => ({
      old_id: workspace.old.id,
      name: workspace.old.name,
      fate: workspace.fate,
      ...(workspace.fate === "refuse" ? { why: workspace.why } : {}),
      ...(workspace.fate === "here" ? { id: workspace.newId } : {}),
      ...(workspace.fate === "take"
        ? {
            id: workspace.keptId,
            owner_old_id: workspace.ownerId,
            files: workspace.size.files,
            bytes: workspace.size.bytes,
            left_out: workspace.size.leftOut,
            notes: workspace.notes,
          }
        : {}),
    })),
    shares: plan.shares.map((share) => ({
      old_id: share.old.id,
      fate: share.fate,
      ...(share.fate === "refuse" ? { why: share.why } : {}),
    })),
    jobs: {
      take: plan.jobs.take.length,
      here: plan.jobs.here,
      running: plan.jobs.running,
      refused: Object.fromEntries(plan.jobs.refused),
    },
    quotas: plan.quotas,
    free_bytes: plan.free,
  };
}
