const scheme = "attachment:";

/** The picture that a text brings along under this address; a name that every object knows is none of them. */
export function broughtAs(src: string, attached: Readonly<Record<string, string>> | undefined): string | undefined {
  if (!src.startsWith(scheme) || attached === undefined) return undefined;
  const name = src.slice(scheme.length);
  return Object.hasOwn(attached, name) ? attached[name] : undefined;
}
