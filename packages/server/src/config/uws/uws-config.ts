import type { ProgramEnvironment } from "../job-types/job-types-config.ts";

/**
 * What Stoa takes from the `config.json` of a User Workspaces Server that it replaces. The ids are the file's own:
 * `GET /status/` and `GET /job_types/` speak of them.
 */
export interface UwsConfig {
  /** Absolute. */
  readonly file: string;
  readonly apiUserAuthentication: string;
  readonly mainStorage: string;
  readonly mainResource: string;
  readonly authentications: readonly UwsAuthentication[];
  readonly storages: readonly UwsStorage[];
  readonly resources: readonly UwsResource[];
  readonly jobTypes: readonly UwsJobType[];
  /** Null: the file says nothing of them, and Stoa's own stay. */
  readonly parameters: readonly UwsParameter[] | null;
  /** What was read and changes nothing here, in sentences for the operator. */
  readonly notes: readonly string[];
}

export interface UwsAuthentication {
  readonly id: string;
  readonly name: string;
  /** By a service's client token, `POST /tokens/`. */
  readonly kind: "local";
}

export interface UwsStorage {
  readonly id: string;
  readonly name: string;
  readonly kind: "local";
  /** Absolute. Where the old service kept people's workspaces: what the import reads, nothing is written there. */
  readonly rootDir: string;
}

export interface UwsResource {
  readonly id: string;
  readonly name: string;
  readonly kind: "local";
}

export interface UwsJobType {
  readonly id: string;
  readonly name: string;
  /** The id of the job type of ours that it is. */
  readonly type: "local_test_job" | "jupyter_lab" | "appyter" | "yac";
  /** Of the main resource's `environment_details`; null: they say nothing of it. */
  readonly environment: ProgramEnvironment | null;
  /** The Apptainer image that it runs; absolute. Null: it runs none. */
  readonly image: string | null;
}

/** Contract 3's shape. */
export interface UwsParameter {
  readonly display_name: string;
  readonly description: string;
  readonly variable_name: string;
  readonly default_value: number | boolean | string;
  readonly validation: {
    readonly type: "str" | "int" | "float" | "bool";
    readonly min?: number;
    readonly max?: number;
    readonly required: boolean;
  };
}
