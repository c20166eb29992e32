import { call } from "./client.ts";

/** Keeps the account, as long as its deletion has not begun. */
export const cancelDeletion = () => call<unknown>("POST", "/api/stoa/v1/account/deletion/cancel", { body: {} });
