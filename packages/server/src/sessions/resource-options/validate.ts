import type { DeclaredParameter } from "../../config/schema.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Parameter, parameters } from "./parameters.ts";
import { pythonRepr, pythonText, pythonType } from "./python-text.ts";
import { isStorable } from "./storable.ts";

/** What a session gets: every parameter with the value asked for, or its default. */
export type ResourceOptions = Readonly<Record<string, unknown>>;

type Offered = Parameter | DeclaredParameter;

/** Characters: the kernel takes no longer arguments than 128 KiB. */
const LONGEST = 16_384;

/** What a session is counted by also where the configuration offers no choice of it. */
const OURS = Object.fromEntries(parameters.map(({ variable_name, default_value }) => [variable_name, default_value]));

/**
 * Checks what was asked for; names that are not offered are ignored.
 * @throws StoaError unprocessable, with the contract's list of everything that is wrong
 */
export function readResourceOptions(
  asked: Readonly<Record<string, unknown>>,
  offered: readonly Offered[] = parameters,
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

function problemsOf(parameter: Offered, asked: Readonly<Record<string, unknown>>): string[] {
  const { variable_name: name, validation } = parameter;
  if (!Object.hasOwn(asked, name)) return validation.required ? [`Missing required: ${name}`] : [];
  const value = asked[name];
  const type = pythonType(value);
  if (!isOf(type, validation.type)) {
    return [
      `${name}: Value '${pythonText(value)}' of type ${type} does not match required type ${validation.type}. ` +
        `Skipping further validation of parameter ${name}.`,
    ];
  }
  const problem = typeof value === "number" ? outOfBounds(value, validation) : unusable(value, validation);
  return [problem ?? notChosen(value, validation)].flatMap((one) => (one === null ? [] : [`${name}: ${one}`]));
}

/** JSON's 2.0 comes to us as 2: what is whole may be meant as a float. */
function isOf(type: string, required: string): boolean {
  return type === required || (type === "int" && required === "float");
}

function outOfBounds(value: number, { min, max }: Offered["validation"]): string | null {
  if (min !== undefined && value < min) return `Value '${pythonText(value)}' not above minimum of ${min}.`;
  if (max !== undefined && value > max) return `Value '${pythonText(value)}' above maximum of ${max}.`;
  return Number.isFinite(value) ? null : `Value '${pythonText(value)}' is not a number.`;
}

/** What neither the database can keep nor a program be given. */
function unusable(value: unknown, validation: Offered["validation"]): string | null {
  if (!isStorable(value)) return "Value has characters that no text can have.";
  const { length } = typeof value === "string" ? value : JSON.stringify(value);
  if (length > LONGEST) return `Value of ${length} characters above maximum of ${LONGEST}.`;
  if ("alone" in validation && validation.alone === true && String(value).startsWith("-")) {
    return `Value '${pythonText(value)}' begins with '-'.`;
  }
  return null;
}

function notChosen(value: unknown, validation: Offered["validation"]): string | null {
  const choices = "choices" in validation ? validation.choices : undefined;
  if (choices === undefined || choices.some((choice) => choice === value)) return null;
  return `Value '${pythonText(value)}' not among ${pythonText(choices)}.`;
}
