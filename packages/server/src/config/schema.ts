import type { Infer } from "./setting.ts";
import type { settings } from "./settings.ts";

/**
 * Everything that can be set, read once at start by `load.ts`. The settings themselves, each with its
 * meaning and default, are in `settings.ts`. Sizes are in bytes, times in seconds unless the name says
 * otherwise; null is "not set".
 */
export type Config = Infer<typeof settings>;
