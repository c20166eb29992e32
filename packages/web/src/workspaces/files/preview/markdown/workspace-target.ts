import { folderOf } from "../../file-path.ts";

/** Where an address in a file of a workspace leads. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "web"; readonly url: string; readonly host: string }
  | { readonly kind: "mail"; readonly url: string }
  | { readonly kind: "nowhere" };

const nowhere: Target = { kind: "nowhere" };

/**
 * Reads an address as it stands in a file. Without a scheme it is a file of the same workspace, seen from the file's
 * folder (a leading slash: from the workspace's root), never an address of the portal. Of schemes only http, https and
 * mailto lead anywhere.
 * @param from the file that it stands in
 */
export function targetOf(address: string, from: string): Target {
  const given = address.trim();
  if (given === "" || given.startsWith("#")) return nowhere;
  // Of another host, with the page's own scheme.
  if (/^[/\\]{2}/.test(given)) return webTarget(`https:${given.replaceAll("\\", "/")}`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") return webTarget(given);
  if (scheme === "mailto") return { kind: "mail", url: given };
  if (scheme !== undefined) return nowhere;
  return fileTarget(given.replace(/[?#].*$/s, ""), from);
}

function webTarget(given: string): Target {
  if (!URL.canParse(given)) return nowhere;
  const { protocol, host, href } = new URL(given);
  return protocol === "http:" || protocol === "https:" ? { kind: "web", url: href, host } : nowhere;
}

function fileTarget(given: string, from: string): Target {
  const parts = given.startsWith("/") ? [] : folderOf(from).split("/");
  for (const part of decoded(given).split("/")) {
    // Above the root there is nothing.
    if (part === "..") {
      if (parts.filter((one) => one !== "").length === 0) return nowhere;
      parts.pop();
    } else if (part !== "." && part !== "") parts.push(part);
  }
  const path = parts.filter((part) => part !== "").join("/");
  return path === "" || path.includes("\0") ? nowhere : { kind: "file", path };
}

function decoded(given: string): string {
  try {
    return decodeURIComponent(given);
  } catch {
    return given;
  }
}
