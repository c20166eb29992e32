import { bytes, integer, seconds } from "./parsers.ts";
import { setting } from "./setting.ts";

/** What one person, one request or one archive may take. Part of `settings`. */
export const limits = {
  bodyBytes: setting({
    env: "STOA_BODY_LIMIT",
    parser: bytes(1024, 2 ** 30),
    fallback: 2 ** 20,
    about: "The largest body of an API call, uploads apart.",
  }),
  uploadBytes: setting({
    env: "STOA_UPLOAD_LIMIT",
    live: true,
    parser: bytes(1024, 2 ** 50),
    fallback: 10 * 2 ** 30,
    about: "The largest uploaded file.",
  }),
  openUploadsPerPerson: setting({
    env: "STOA_OPEN_UPLOADS_PER_PERSON",
    live: true,
    parser: integer(1, 100_000),
    fallback: 200,
    about: "Resumable uploads one person may have begun and not ended.",
  }),
  uploadIdleSeconds: setting({
    env: "STOA_UPLOAD_EXPIRY",
    live: true,
    parser: seconds(60, 366 * 86_400),
    fallback: 7 * 86_400,
    about: "A resumable upload that gets no bytes for so long is removed.",
  }),
  archiveBytes: setting({
    env: "STOA_ARCHIVE_LIMIT",
    live: true,
    parser: bytes(1024, 2 ** 50),
    fallback: 50 * 2 ** 30,
    about: "What an archive may hold, unpacked.",
  }),
  archiveEntries: setting({
    env: "STOA_ARCHIVE_ENTRIES",
    live: true,
    parser: integer(1, 100_000_000),
    fallback: 500_000,
    about: "Files and folders in one archive, whether unpacked, uploaded or downloaded.",
  }),
  archiveRatio: setting({
    env: "STOA_ARCHIVE_RATIO",
    live: true,
    parser: integer(2, 100_000),
    fallback: 200,
    about: "How many times its own size an archive may grow when it is unpacked. The first 64 MiB are free of it.",
  }),
  archiveDepth: setting({
    env: "STOA_ARCHIVE_DEPTH",
    parser: integer(1, 100),
    fallback: 100,
    about: "How deep folders in an archive may be nested.",
  }),
  archivePathBytes: setting({
    env: "STOA_ARCHIVE_PATH_LENGTH",
    parser: integer(16, 4000),
    fallback: 4000,
    about: "The longest path in an archive, bytes.",
  }),
  shareBytes: setting({
    env: "STOA_SHARE_LIMIT",
    live: true,
    parser: bytes(1024, 2 ** 50),
    fallback: 50 * 2 ** 30,
    about:
      "What one shared workspace may bring to its receiver; also all together that one person has shared with another who has not answered.",
  }),
  sessionLogBytes: setting({
    env: "STOA_SESSION_LOG_LIMIT",
    parser: bytes(4096, 2 ** 34),
    fallback: 16 * 2 ** 20,
    about: "Output kept of one session; the oldest goes first.",
  }),
  scrollbackBytes: setting({
    env: "STOA_SCROLLBACK",
    parser: bytes(4096, 2 ** 28),
    fallback: 2 ** 20,
    about: "Terminal output that a newly opened tab is shown.",
  }),
  requestsPerMinute: setting({
    env: "STOA_REQUESTS_PER_MINUTE",
    parser: integer(0, 10_000_000),
    fallback: 3000,
    about: "Requests a minute of one person or address; 0: no limit.",
  }),
  sessionsPerPerson: setting({
    env: "STOA_SESSIONS_PER_PERSON",
    live: true,
    parser: integer(1, 10_000),
    fallback: 10,
    about: "Sessions one person may have running at once.",
  }),
  workspacesPerPerson: setting({
    env: "STOA_WORKSPACES_PER_PERSON",
    live: true,
    parser: integer(1, 1_000_000),
    fallback: 1000,
    about: "Workspaces one person may have, those in the trash apart.",
  }),
} as const;
