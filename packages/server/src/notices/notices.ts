export type { NoticeKind } from "./kinds.ts";
export type { Notice, NoticeOf } from "./tell.ts";
export { tell } from "./tell.ts";
