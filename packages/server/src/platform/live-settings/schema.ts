import { Type } from "typebox";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const Setting = Type.Object({
  name: Type.String({ description: "As in the environment." }),
  yaml: Type.String({ description: "As in the YAML file; its first word is the group." }),
  about: Type.String({ description: "What it does, in English, as in docs/configuration.md." }),
  accepts: Type.String(),
  form: Type.Enum(["choice", "number", "size", "time", "list", "text"], {
    description: "What kind of field fits it.",
  }),
  choices: Type.Array(Type.String()),
  value: Nullable(Type.String({ description: "As it could be written. A secret's is `(set)`." })),
  default: Type.String({ description: "In words where it depends on the surroundings." }),
  source: Type.Enum(["default", "environment", "file", "portal"]),
  written_at: Nullable(Type.String({ description: "Where it is written, if at the host: that wins." })),
  secret: Type.Boolean(),
  live: Type.Boolean({ description: "Whether it may be changed here; all others need a restart." }),
  dangerous: Type.Boolean({ description: "Whether changing it asks for the own password once more." }),
  version: Type.Integer({ description: "Of the last change here; 0: there was none." }),
  chosen: Nullable(Type.String({ description: "What was chosen here, whether or not it applies." })),
  not_applied: Nullable(Type.String({ description: "Why what was chosen here does not apply." })),
  previous: Nullable(Type.String({ description: "What was chosen before the last change; null: the default." })),
  changed_at: Nullable(Type.String({ format: "date-time" })),
  changed_by: Nullable(Type.String()),
});

const Feature = Type.Object({
  name: Type.String(),
  on: Type.Boolean(),
  why: Type.String({ description: "What is on, or why it is off and what would turn it on." }),
});

export const Settings = Type.Object({ items: Type.Array(Setting), features: Type.Array(Feature) });

export const SettingsChange = Type.Object({
  changes: Type.Array(
    Type.Object({
      name: Type.String({ maxLength: 100 }),
      value: Nullable(Type.String({ maxLength: 4_000, description: "As in the environment; null: the default." })),
      version: Type.Integer({ minimum: 0, description: "As read: a change that came between refuses this one." }),
    }),
    { minItems: 1, maxItems: 50 },
  ),
  current_password: Type.Optional(Type.String({ maxLength: 1_024 })),
  code: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "Of the second factor, where there is one." }),
  ),
});
