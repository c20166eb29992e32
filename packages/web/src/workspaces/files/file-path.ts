/** Paths inside a workspace: no leading slash, "" is its root. */
export const joinPath = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** The folders on the way to `path`, itself last: "a/b" gives a, a/b. */
export function trail(path: string): { name: string; path: string }[] {
  const names = path.split("/").filter((name) => name !== "");
  return names.map((name, at) => ({ name, path: names.slice(0, at + 1).join("/") }));
}

/** A name as it is shown: what would turn the reading direction around, or isn't seen at all, becomes visible. */
export const shownName = (name: string): string =>
  name.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");

/** A single name that a file or folder may have. The server has the last word. */
export const isFileName = (name: string): boolean =>
  name !== "" && name !== "." && name !== ".." && !name.includes("/") && !name.includes("\0");

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The folder that a path stands in; "" for the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** "a/b.txt" and 3 give "a/b 3.txt"; 1 gives the path itself. The dot of a hidden file begins no ending. */
export function numberedPath(path: string, number: number): string {
  if (number === 1) return path;
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  const at = dot > 0 ? dot : name.length;
  return joinPath(folderOf(path), `${name.slice(0, at)} ${number}${name.slice(at)}`);
}

/** Whether a name begins with what was typed, whatever the case. */
export const foldedStart = (name: string, typed: string): boolean =>
  name.toLocaleLowerCase().startsWith(typed.toLocaleLowerCase());
