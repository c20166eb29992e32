import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { SecretBox } from "./contract.ts";

const version = "s1";
const nonceBytes = 12;
const tagBytes = 16;

/** Derives what is needed from one key. Sealed text: `s1.` and base64url of nonce, ciphertext and tag. */
export function createSecretBox(key: string): SecretBox {
  const hkdf = (info: string) => Buffer.from(hkdfSync("sha256", key, "", info, 32));
  const derive = (purpose: string) => hkdf(`stoa/derive/${purpose}`);
  const sealing = hkdf("stoa/seal");
  const derived = new Map<string, Buffer>();

  return {
    fingerprint: hkdf("fingerprint").toString("hex").slice(0, 16),
    seal(purpose, plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", sealing, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `${version}.${sealed.toString("base64url")}`;
    },
    open(purpose, sealed) {
      const [tag, body] = sealed.split(".");
      const bytes = Buffer.from(body ?? "", "base64url");
      // The last character has bits that say nothing: one spelling only, so that every change of the text is seen.
      const isCanonical = bytes.toString("base64url") === body;
      if (tag !== version || !isCanonical || bytes.length < nonceBytes + tagBytes) {
        throw new Error("This is not a sealed secret.");
      }
      const cipher = createDecipheriv("aes-256-gcm", sealing, bytes.subarray(0, nonceBytes));
      cipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([cipher.update(bytes.subarray(nonceBytes, -tagBytes)), cipher.final()]);
    },
    derive(purpose) {
      const known = derived.get(purpose) ?? derive(purpose);
      derived.set(purpose, known);
      return known;
    },
  };
}
