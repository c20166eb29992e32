import type { ApiError } from "../api/api-error.ts";

const fields: Readonly<Record<string, string>> = {
  username_rule: "username",
  username_taken: "username",
  email_rule: "email",
  email_taken: "email",
  full_name_rule: "full_name",
  text_too_long: "full_name",
};

/** The field of the form that a refusal of somebody new is about; null when it is about none of them. */
export function fieldOf({ details, fields: wrong }: ApiError): string | null {
  const { reason } = details;
  const named = typeof reason === "string" ? fields[reason] : undefined;
  return named ?? Object.keys(wrong).find((field) => Object.values(fields).includes(field)) ?? null;
}
