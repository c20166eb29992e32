import { tell } from "../../notices/notices.ts";
import type { WorkspacesTrx } from "../tables.ts";
import type { SharingContext } from "./context.ts";
import type { ShareRow } from "./tables.ts";

type Share = Pick<ShareRow, "id" | "sender_id" | "receiver_id"> & { readonly name: string };

/** To the receiver, once the copy is whole. */
export async function tellOfOffer(context: SharingContext, trx: WorkspacesTrx, share: Share): Promise<void> {
  const person = await nameOf(context, trx, share.sender_id);
  await tell(trx, {
    ...aboutIt(share, share.receiver_id),
    kind: "share.offered",
    values: { person, name: share.name },
  });
}

/** To the sender: it was taken, or not. Who deletes their account declines what they were offered by that. */
export async function tellOfAnswer(
  context: SharingContext,
  trx: WorkspacesTrx,
  share: Share,
  { answer, reason }: { readonly answer: "accepted" | "declined"; readonly reason: string | null },
): Promise<void> {
  const person = await nameOf(context, trx, share.receiver_id);
  const about = aboutIt(share, share.sender_id);
  const { name } = share;
  if (answer === "accepted") await tell(trx, { ...about, kind: "share.accepted", values: { person, name } });
  else await tell(trx, { ...about, kind: "share.declined", values: { person, name, reason } });
}

/** To the sender, who believes it is on its way. */
export async function tellOfFailure(
  context: SharingContext,
  trx: WorkspacesTrx,
  share: Share & Pick<ShareRow, "operation_id">,
  reason: string,
): Promise<void> {
  const person = await nameOf(context, trx, share.receiver_id);
  const about = { ...aboutIt(share, share.sender_id), key: `${share.id} ${new Date().toISOString()}` };
  await tell(trx, { ...about, kind: "share.failed", values: { person, name: share.name, reason } });
}

function aboutIt({ id }: Share, to: number) {
  return { to, key: String(id), subject: { kind: "share", id } } as const;
}

async function nameOf({ accounts }: SharingContext, trx: WorkspacesTrx, accountId: number): Promise<string> {
  return (await accounts.byIds([accountId], trx)).get(accountId)?.fullName ?? "";
}
