import type { TemplatePart } from "./template.ts";

/**
 * What the operator says of job types, in the file that STOA_JOB_TYPES names: where ours find their programs, and
 * commands that become job types of their own.
 */
export interface JobTypesConfig {
  /** Absolute. */
  readonly file: string;
  /** In which Jupyter runs; null: what is on PATH, else one that is made at first use. */
  readonly jupyterLab: ProgramEnvironment | null;
  /** Apptainer images; null: the type is not offered. Absolute. */
  readonly images: Readonly<Record<"appyter" | "yac", string | null>>;
  readonly declared: readonly DeclaredType[];
}

/** Where a program and what it needs come from. */
export type ProgramEnvironment =
  /** A virtual environment or conda environment that is there; absolute. */
  | { readonly kind: "folder"; readonly folder: string }
  /** Made in the person's home at first use, by uv or `python -m venv`. */
  | { readonly kind: "packages"; readonly python: string; readonly packages: readonly string[] }
  /** A packed environment (conda-pack), unpacked in the person's home at first use; absolute. */
  | { readonly kind: "archive"; readonly archive: string; readonly packages: readonly string[] }
  /** `module load`. */
  | { readonly kind: "modules"; readonly modules: readonly string[] };

/** A command that people can start as a session. */
export interface DeclaredType {
  readonly id: string;
  readonly name: string;
  /** The portal's picture for it, by name. */
  readonly icon: string;
  /** Its name or absolute path. */
  readonly program: string;
  /** What follows it, in their parts. */
  readonly args: readonly (readonly TemplatePart[])[];
  /** When it is ready, and with that how it is reached: by its socket, by its port, not at all. */
  readonly ready: "socket" | "port" | "started";
  /** Added to the session's; no holes. */
  readonly environment: Readonly<Record<string, string>>;
  /** Before all others on the program's PATH: an environment's folder; absolute. */
  readonly environmentFolder: string | null;
  /** Of the resource's parameters, those that mean something to it. */
  readonly resources: readonly string[];
  readonly parameters: readonly DeclaredParameter[];
}

/** Contract 3's shape of a parameter, and a list of what may be chosen. */
export interface DeclaredParameter {
  readonly display_name: string;
  readonly description: string;
  readonly variable_name: string;
  readonly default_value: unknown;
  readonly validation: {
    readonly type: "str" | "int" | "float" | "bool" | "list" | "dict";
    readonly min?: number;
    readonly max?: number;
    readonly required: boolean;
    readonly choices?: readonly (string | number)[];
    /** Whether it stands alone as an argument: then it can't begin with `-`, which would make it an option. */
    readonly alone?: boolean;
  };
}
