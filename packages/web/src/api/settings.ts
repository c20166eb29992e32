import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

const address = "/api/stoa/v1/system/settings";

export interface Setting {
  /** As in the environment. */
  readonly name: string;
  /** As in the YAML file: its first word is the group. */
  readonly yaml: string;
  readonly about: string;
  readonly accepts: string;
  readonly form: "choice" | "number" | "size" | "time" | "list" | "text";
  readonly choices: readonly string[];
  readonly value: string | null;
  readonly default: string;
  readonly source: "default" | "environment" | "file" | "portal";
  readonly written_at: string | null;
  readonly secret: boolean;
  /** Whether it may be changed here. */
  readonly live: boolean;
  /** Whether changing it asks for the own password once more. */
  readonly dangerous: boolean;
  readonly version: number;
  /** What was chosen here, whether or not it applies. */
  readonly chosen: string | null;
  readonly not_applied: string | null;
  readonly previous: string | null;
  readonly changed_at: string | null;
  readonly changed_by: string | null;
}

export interface Feature {
  readonly name: string;
  readonly on: boolean;
  readonly why: string;
}

export interface Settings {
  readonly items: readonly Setting[];
  readonly features: readonly Feature[];
}

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => call<Settings>("GET", address, { signal }),
});

interface TypedProof {
  readonly current_password: string;
  readonly code?: string;
}

/**
 * @param value as it would be written; null: back to the default
 * @param proof for a dangerous one
 */
export const changeSetting = (
  { name, version }: Pick<Setting, "name" | "version">,
  value: string | null,
  proof?: TypedProof,
) => call<Settings>("PATCH", address, { body: { changes: [{ name, value, version }], ...proof } });
