export type ParameterType = "str" | "int" | "float" | "bool" | "list" | "dict";

/** One thing a person may ask of the resource; contract 3's shape. */
export interface Parameter {
  readonly display_name: string;
  readonly description: string;
  readonly variable_name: string;
  readonly default_value: number | boolean | string;
  readonly validation: {
    readonly type: ParameterType;
    readonly min?: number;
    readonly max?: number;
    readonly required: boolean;
  };
}

/** Contract 3's defaults. */
export const parameters: readonly Parameter[] = [
  {
    display_name: "Number of CPUs",
    description: "Number of CPUs to allocate.",
    variable_name: "num_cpus",
    default_value: 1,
    validation: { type: "int", min: 1, max: 4, required: false },
  },
  {
    display_name: "Memory (MB)",
    description: "Memory to allocate, in MB.",
    variable_name: "memory_mb",
    default_value: 1024,
    validation: { type: "int", min: 1024, max: 8192, required: false },
  },
  {
    display_name: "Time limit (minutes)",
    description: "Minutes after which the session is ended.",
    variable_name: "time_limit_min",
    default_value: 180,
    validation: { type: "int", min: 1, max: 480, required: false },
  },
  {
    display_name: "GPU",
    description: "Whether a GPU is wanted.",
    variable_name: "gpu_enabled",
    default_value: false,
    validation: { type: "bool", required: false },
  },
];
