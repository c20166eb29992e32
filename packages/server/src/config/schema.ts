import type { JobTypesConfig } from "./job-types/job-types-config.ts";
import type { Infer } from "./setting.ts";
import type { settings } from "./settings.ts";
import type { UwsConfig } from "./uws/uws-config.ts";

export type { Entry } from "./catalogue.ts";
export type { Feature } from "./features.ts";
export type {
  DeclaredParameter,
  DeclaredType,
  JobTypesConfig,
  ProgramEnvironment,
} from "./job-types/job-types-config.ts";
export type { LiveConfig, Overrides } from "./live.ts";
export type { Problem } from "./problems.ts";
export type { UwsConfig, UwsParameter } from "./uws/uws-config.ts";

/**
 * Everything that can be set, read once at start by `load.ts`. The settings themselves, each with its
 * meaning and default, are in `settings.ts`. Sizes are in bytes, times in seconds unless the name says
 * otherwise; null is "not set".
 */
export type Config = Infer<typeof settings> & {
  /** What the file says that STOA_UWS_CONFIG names; null: none is named. */
  readonly uws: UwsConfig | null;
  /** What the file says that STOA_JOB_TYPES names; null: none is named. */
  readonly jobTypes: JobTypesConfig | null;
  /** Where each setting that somebody wrote was written, by its environment name; all others stand at their default. */
  readonly written: Readonly<Record<string, string>>;
};
