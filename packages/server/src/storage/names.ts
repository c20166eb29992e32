import { StoaError } from "../platform/errors/stoa-error.ts";

/** Contract 1's accented Latin letters; their capitals are allowed too. */
const ACCENTED = "àáâäæãåāçćčèéêëēėęîïíīįìłñńôöòóœøōõßśšûüùúūÿžźż";
const ALLOWED = new RegExp(`^[A-Za-z0-9_${ACCENTED}${ACCENTED.replace("ß", "").toUpperCase()}ẞ-]+$`, "u");
/** Bytes that a file system takes as a name, less what the trash puts behind it. */
const LONGEST = 200;
/** Nearly all of them: as they are in NFC, and a byte a letter. */
const PLAIN = new RegExp(`^[A-Za-z0-9_-]{1,${LONGEST}}$`);

/**
 * A directory's name as it is stored: in NFC.
 * @throws StoaError invalid, in contract 1's words
 */
export function nameOf(given: string): string {
  if (PLAIN.test(given)) return given;
  const name = given.normalize("NFC");
  if (!ALLOWED.test(name)) throw forbidden(given);
  if (Buffer.byteLength(name) > LONGEST) {
    throw new StoaError("invalid", { message: `Path '${given.slice(0, 64)}…' is longer than ${LONGEST} bytes` });
  }
  return name;
}

/** The same for a person's directory: the folder of the groups lies among them. */
export function userNameOf(given: string): string {
  const name = nameOf(given);
  if (name === "groups") throw new StoaError("invalid", { message: "Path 'groups' is the folder of all groups" });
  return name;
}

/** Whether a name found on the disk is one of ours; null where it isn't. */
export function foundName(found: string): string | null {
  return found === found.normalize("NFC") && ALLOWED.test(found) && Buffer.byteLength(found) <= LONGEST ? found : null;
}

/** Why a name found on the disk is none of ours, as the end of a sentence; null where it is one. */
export function whyNotOurs(found: string): string | null {
  if (foundName(found) !== null) return null;
  if (!ALLOWED.test(found.normalize("NFC"))) return "a name has letters, digits, - and _ only";
  if (Buffer.byteLength(found) > LONGEST) return `a name has at most ${LONGEST} bytes`;
  return "its accents are written apart from their letters (not NFC)";
}

function forbidden(given: string): StoaError {
  return new StoaError("invalid", { message: `Path '${given}' contains forbidden characters` });
}
