import { StoaError } from "../../platform/errors/stoa-error.ts";

const ENGLISH =
  "These workspaces are being moved into their owner's storage. Nothing was changed. Try again when it is done";
const PERSIAN =
  "این فضاهای کار به فضای ذخیره‌سازی صاحبشان منتقل می‌شوند. چیزی تغییر نکرد. پس از پایان آن دوباره تلاش کنید";

/** Nobody works on somebody's files while they are moved. */
export class WorkspacesMoving extends StoaError {
  /** Nothing of ours is out of order. */
  override readonly expected: boolean = true;

  constructor() {
    super("unavailable", { message: ENGLISH, details: { reason: "workspaces_moving" } });
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return locale === "en" ? this : new StoaError(this.code, { message: PERSIAN, details: this.details });
  }
}
