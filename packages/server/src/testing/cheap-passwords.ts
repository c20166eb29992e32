import type { PasswordCost } from "../accounts/accounts.ts";

/**
 * The least that argon2 takes. Tests sign thousands of people up and in, and a hash as in production costs some
 * 25 ms of the machine each time; that one is tried where passwords are what a test is about.
 */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 8, timeCost: 1, parallelism: 1 };
