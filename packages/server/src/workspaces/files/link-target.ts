/**
 * Whether a link that comes from somebody else may be made: it leads nowhere but into the tree it lies in, or below
 * one of the roots. Only leading `..` are taken, fewer than folders stand above the link: behind a name that is
 * itself a link, `..` would lead up from where that one leads.
 * @param depth folders between the tree's root and the link
 * @param roots absolute, with all links in them resolved
 */
export function staysInside(target: Buffer, depth: number, roots: readonly string[]): boolean {
  const text = target.toString("latin1");
  if (text === "" || text.includes("\0")) return false;
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (text.startsWith("/")) return !parts.includes("..") && roots.some((root) => isBelow(text, root));
  const ups = parts.findIndex((part) => part !== "..");
  const leading = ups === -1 ? parts.length : ups;
  return leading <= depth && !parts.slice(leading).includes("..");
}

function isBelow(path: string, root: string): boolean {
  // Both as bytes: a root is text, a target may be any bytes.
  const start = Buffer.from(root.endsWith("/") ? root : `${root}/`).toString("latin1");
  return `${path}/`.startsWith(start);
}
