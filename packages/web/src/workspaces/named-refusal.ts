import { ApiError } from "../api/api-error.ts";

/** Contract 3's words, which programs compare: English, and the workspace by its number. */
const unanswered = /^Workspace \d+ has shared workspaces associated with it, that have not yet been accepted\./;

/** A deletion's refusal in the reader's words. @param sentence what is said while shares are unanswered */
export function namedRefusal(error: unknown, sentence: string): unknown {
  if (!(error instanceof ApiError) || !unanswered.test(error.message)) return error;
  // Status 0: a text of the portal's own, shown as it is.
  return new ApiError({ status: 0, code: error.code, message: sentence, requestId: error.requestId });
}
