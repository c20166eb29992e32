import type { SyntheticEvent } from "react";

/** Sent as typed: a space or a last line break is part of them. */
const verbatim: ReadonlySet<string> = new Set(["password", "current_password", "new_password", "file_content"]);

/** The texts of a form's named fields, trimmed where that is harmless; keeps the browser from sending the form itself. */
export function formValues<Name extends string>(
  event: SyntheticEvent<HTMLFormElement>,
  names: readonly Name[],
): Record<Name, string> {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return Object.fromEntries(
    names.map((name) => {
      const value = String(data.get(name) ?? "");
      return [name, verbatim.has(name) ? value : value.trim()];
    }),
  ) as Record<Name, string>;
}
