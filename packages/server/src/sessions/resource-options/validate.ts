import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Parameter, parameters } from "./parameters.ts";
import { pythonRepr, pythonText, pythonType } from "./python-text.ts";

/** What a session gets: every parameter with the value asked for, or its default. */
export type ResourceOptions = Readonly<Record<string, unknown>>;

/** What a session is counted by also where the configuration offers no choice of it. */
const OURS = Object.fromEntries(parameters.map(({ variable_name, default_value }) => [variable_name, default_value]));

/**
 * Checks what was asked for; names that are not offered are ignored.
 * @throws StoaError unprocessable, with the contract's list of everything that is wrong
 */
export function readResourceOptions(
  asked: Readonly<Record<string, unknown>>,
  offered: readonly Parameter[] = parameters,
): ResourceOptions {
  const problems = offered.flatMap((parameter) => problemsOf(parameter, asked));
  if (problems.length > 0) {
    throw new StoaError("unprocessable", { message: `Invalid resource options found: ${pythonRepr(problems)}` });
  }
  const chosen = offered.map(({ variable_name: name, default_value }): [string, unknown] => [
    name,
    Object.hasOwn(asked, name) ? asked[name] : default_value,
  ]);
  return { ...OURS, ...Object.fromEntries(chosen) };
}

function problemsOf(parameter: Parameter, asked: Readonly<Record<string, unknown>>): string[] {
  const { variable_name: name, validation } = parameter;
  if (!Object.hasOwn(asked, name)) return validation.required ? [`Missing required: ${name}`] : [];
  const value = asked[name];
  const type = pythonType(value);
  const shown = pythonText(value);
  if (type !== validation.type) {
    return [
      `${name}: Value '${shown}' of type ${type} does not match required type ${validation.type}. ` +
        `Skipping further validation of parameter ${name}.`,
    ];
  }
  if (typeof value !== "number") return [];
  if (validation.min !== undefined && value < validation.min) {
    return [`${name}: Value '${shown}' not above minimum of ${validation.min}.`];
  }
  if (validation.max !== undefined && value > validation.max) {
    return [`${name}: Value '${shown}' above maximum of ${validation.max}.`];
  }
  return [];
}
