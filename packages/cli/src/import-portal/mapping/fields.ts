import type { ColumnKind } from "../source/relations.ts";

/** One thing that is taken over, and what its column may be called and be. */
export interface Field {
  /** In small letters without `_`; the first that is there counts. */
  readonly names: readonly string[];
  readonly kinds: readonly ColumnKind[];
  readonly isRequired?: true;
  /** What to do where its column is of no type that is read. */
  readonly remedy?: string;
  /** What it means that there is none. */
  readonly without: string;
}

export type Fields = Readonly<Record<string, Field>>;

const TEXT = ["text", "citext", "enum"] as const;
const ANY_TEXT = [...TEXT, "json", "bytes"] as const;
const NUMBER = ["number", "float"] as const;
const YES_NO = ["boolean", ...NUMBER, ...TEXT] as const;
const KEY = [...NUMBER, "uuid", ...TEXT] as const;
/** Of which one value is one row, however it is written. */
const EXACT_KEY = ["number", "uuid", "text"] as const;
const TIME = ["time"] as const;
const DURATION = [...NUMBER, "interval"] as const;

/** What the old portal's answers say of a person, and what it must have kept beside that. */
export const userFields = {
  id: { names: ["id", "userid", "uid", "uuid"], kinds: KEY, without: "people are known by their user names" },
  username: {
    names: ["username", "login", "loginname", "uname", "handle"],
    kinds: TEXT,
    isRequired: true,
    without: "",
  },
  email: { names: ["email", "emailaddress", "mail"], kinds: TEXT, without: "nobody has an address" },
  full_name: {
    names: ["fullname", "displayname", "realname", "name"],
    kinds: TEXT,
    without: "the user name stands for it",
  },
  organization: {
    names: ["organization", "organisation", "org", "company", "affiliation", "institution", "university"],
    kinds: TEXT,
    without: "nobody has one",
  },
  password: {
    names: ["hashedpassword", "passwordhash", "pwdhash", "passwdhash", "pwhash", "password", "passwd"],
    kinds: [...TEXT, "bytes"],
    without: "everybody sets a new one by a link",
  },
  is_admin: {
    names: ["isadmin", "admin", "issuperuser", "superuser", "isstaff"],
    kinds: YES_NO,
    without: "not said who was one",
  },
  role: { names: ["role", "userrole"], kinds: TEXT, without: "not said who was an administrator by it" },
  is_active: { names: ["isactive", "active", "enabled", "isenabled"], kinds: YES_NO, without: "everybody is active" },
  is_disabled: {
    names: ["isdisabled", "disabled", "isdeactivated", "deactivated", "isblocked", "blocked", "isbanned", "banned"],
    kinds: YES_NO,
    without: "nobody is deactivated by it",
  },
  created_at: {
    names: ["createdat", "created", "createdon", "datejoined", "joinedat", "registeredat", "registrationdate"],
    kinds: TIME,
    without: "they joined now",
  },
  last_login: {
    names: ["lastlogin", "lastloginat", "lastlogintime", "lastsignin", "lastsigninat"],
    kinds: TIME,
    without: "they were never here",
  },
} as const satisfies Fields;

/** An execution, as the old portal's answers show it. */
export const logFields = {
  id: {
    names: ["id", "logid", "auditid", "executionid", "uuid"],
    kinds: EXACT_KEY,
    isRequired: true,
    remedy:
      "ids are whole numbers, numeric, uuid or text: make a view with id::text as id, and name it with --log-table",
    without: "",
  },
  user_id: { names: ["userid", "uid", "ownerid", "accountid", "user"], kinds: KEY, without: "known by the user name" },
  username: { names: ["username", "login", "loginname"], kinds: TEXT, without: "known by the person's id" },
  timestamp: {
    names: ["timestamp", "executedat", "startedat", "createdat", "loggedat", "ts", "time", "datetime", "created"],
    kinds: TIME,
    isRequired: true,
    without: "",
  },
  code: {
    names: ["code", "cellcode", "source", "sourcecode", "codecontent", "executedcode", "content", "command"],
    kinds: ANY_TEXT,
    isRequired: true,
    without: "",
  },
  cell_number: {
    names: ["cellnumber", "cellno", "cellnum", "cell", "cellindex", "executioncount"],
    kinds: NUMBER,
    without: "no cell has one",
  },
  execution_time_ms: {
    names: ["executiontimems", "exectimems", "durationms", "elapsedms", "runtimems", "timems"],
    kinds: DURATION,
    without: "",
  },
  /** Only names that say the unit: what `duration` counts nobody knows but the operator. */
  execution_time_s: {
    names: [
      "executiontimeseconds",
      "executiontimesec",
      "executiontimes",
      "durationseconds",
      "durationsec",
      "elapsedseconds",
    ],
    kinds: DURATION,
    without: "",
  },
  status: { names: ["status", "result", "outcome", "state"], kinds: TEXT, without: "" },
  success: { names: ["success", "issuccess", "succeeded", "successful", "ok"], kinds: YES_NO, without: "" },
  error_message: {
    names: ["errormessage", "errormsg", "error", "exception", "traceback"],
    kinds: ANY_TEXT,
    without: "no execution has one",
  },
} as const satisfies Fields;

export type UserField = keyof typeof userFields;
export type LogField = keyof typeof logFields;

/** Names of tables that are looked at first, in the same form. */
export const userTables = ["users", "user", "portalusers", "appusers", "accounts", "members"];
export const logTables = [
  "auditlogs",
  "auditlog",
  "executionlogs",
  "executionlog",
  "executions",
  "codeexecutions",
  "cellexecutions",
  "activitylogs",
  "activitylog",
  "activities",
];
