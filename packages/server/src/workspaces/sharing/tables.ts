import type { ColumnType, Generated, Selectable } from "kysely";
import type { CurrentDetails, RequestDetails } from "../tables.ts";

export type CopyState = "copying" | "ready" | "failed";
export type ShareAnswer = "accepted" | "declined" | "cancelled";

/** What a copy left behind, counted. */
export type LeftOut = {
  /** Links that lead out of the workspace, and not below a root that the configuration allows. */
  readonly links?: number;
  /** FIFOs, sockets, devices. */
  readonly special?: number;
  /** What lies deeper, or has a longer path, than any call reaches. */
  readonly deep?: number;
  /** Files that were written while they were read: copied as they were met. */
  readonly changed?: number;
};

/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;
/** Written as text that is JSON already. */
type JsonColumn<T> = ColumnType<T, string | undefined, string>;

export type ShareTables = {
  share_offers: {
    id: Id;
    original_workspace_id: number;
    sender_id: number;
    name: string;
    description: string;
    request_details: JsonColumn<RequestDetails>;
    current_details: JsonColumn<CurrentDetails>;
    details_bytes: ColumnType<number, never, never>;
    disk_space: number;
    last_job_type: string | null;
    last_resource_options: JsonColumn<Readonly<Record<string, unknown>>>;
    created_at: Generated<Date>;
  };
  workspace_shares: {
    /** The shared workspace's own. */
    id: number;
    offer_id: number;
    original_workspace_id: number;
    sender_id: number;
    receiver_id: number;
    group_id: number | null;
    copy_state: Generated<CopyState>;
    answer: ShareAnswer | null;
    answer_reason: string | null;
    failure: string | null;
    operation_id: string | null;
    /** Null until the copy is whole. */
    copied_files: number | null;
    copied_bytes: number | null;
    left_out: JsonColumn<LeftOut>;
    created_at: Generated<Date>;
    ready_at: Date | null;
    answered_at: Date | null;
  };
};

export type ShareRow = Selectable<ShareTables["workspace_shares"]>;
export type OfferRow = Selectable<ShareTables["share_offers"]>;
