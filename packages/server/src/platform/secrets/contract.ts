/** Encryption of what must be read back, with STOA_SECRET_KEY (AES-256-GCM; the purpose is bound as associated data). */
export interface SecretBox {
  seal(purpose: string, plain: Uint8Array | string): string;
  /** Throws on tampering, on another key, on another purpose. */
  open(purpose: string, sealed: string): Buffer;
  /** A key derived (HKDF-SHA256) for signing short-lived things: tickets, CSRF tokens, cookies. 32 bytes. */
  derive(purpose: string): Buffer;
  /** First 16 hex digits of SHA-256 over the key's HKDF "fingerprint": kept in the database, compared at start. */
  readonly fingerprint: string;
}
