/** Reads texts of an address's query; numbers and truths in it are texts here, too. Others, and empty ones, are left out. */
export function texts<const Name extends string>(...names: readonly Name[]) {
  return (search: Readonly<Record<string, unknown>>): Partial<Record<Name, string>> => {
    const found: Partial<Record<Name, string>> = {};
    for (const name of names) {
      const value = search[name];
      const isSimple = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
      if (isSimple && value !== "") found[name] = String(value);
    }
    return found;
  };
}
