/** What an operator should know of a subject, as it is written down; each begins or ends with these words. */
export const REMARKS = {
  made_anew: "its directory was gone, and was made anew, empty",
  not_in_trash: "nothing of it was in the trash: it was made anew, empty",
  /** After how many. */
  strays: "files have left their project, and are counted for nobody",
} as const;

export type RemarkCode = keyof typeof REMARKS;
export const REMARK_CODES = Object.keys(REMARKS) as RemarkCode[];

/** Which of them it is, for whoever says it in another language; null: none, or what somebody else has noted. */
export function remarkCodeOf(remark: string | null): RemarkCode | null {
  return REMARK_CODES.find((code) => remark?.endsWith(REMARKS[code])) ?? null;
}
