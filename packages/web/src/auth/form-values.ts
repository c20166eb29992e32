import type { SyntheticEvent } from "react";

/** The texts of a form's named fields, trimmed but for passwords; keeps the browser from sending the form itself. */
export function formValues<Name extends string>(
  event: SyntheticEvent<HTMLFormElement>,
  names: readonly Name[],
): Record<Name, string> {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return Object.fromEntries(
    names.map((name) => {
      const value = String(data.get(name) ?? "");
      return [name, name.includes("password") ? value : value.trim()];
    }),
  ) as Record<Name, string>;
}
