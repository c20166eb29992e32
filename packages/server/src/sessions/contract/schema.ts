import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";

const time = Type.String({ format: "date-time", description: "ISO 8601 with milliseconds and Z." });
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });
const secondsOrNull = Type.Unsafe<number | null>({ type: ["number", "null"], description: "Seconds." });
const anything = Type.Record(Type.String(), Type.Unknown());

export const CurrentJobDetails = Type.Object({
  message: Type.String(),
  time_left: secondsOrNull,
  proxy_details: Type.Object({
    hostname: Type.String(),
    port: Type.Integer({ description: "0: it listens on a Unix socket." }),
    path: Type.String(),
  }),
  connection_details: Type.Object(
    { url_path: Type.String(), url_domain: Type.String() },
    {
      description: "A signed link for the reader, good once and for two minutes; empty while there is nothing to open.",
    },
  ),
});

const job = {
  id: Type.Integer(),
  workspace_id: Type.Integer(),
  resource_job_id: Type.Integer({ description: "−1 until it has one." }),
  job_type: Type.String(),
  status: Type.String({ description: "pending, running, complete, failed or stopping." }),
  datetime_created: time,
  datetime_start: timeOrNull,
  datetime_end: timeOrNull,
  job_details: Type.Object({
    metrics: Type.Object({ time_pending: secondsOrNull, time_init: secondsOrNull }),
    request_job_details: anything,
    current_job_details: CurrentJobDetails,
  }),
};
export const Job = Type.Object(
  { ...job, core_hours: Type.String({ description: "Five decimals." }) },
  { description: "A session, as contract 3 shows it." },
);
export const StartedJob = Type.Object({ ...job, core_hours: Type.Integer() });

const done = { message: Type.String(), success: Type.Literal(true) };
export const Done = Type.Object(done);
export const JobList = Type.Object({ ...done, data: Type.Object({ jobs: Type.Array(Job) }) });
export const OneStartedJob = Type.Object({ ...done, data: Type.Object({ job: StartedJob }) });
export const JobTypeList = Type.Object({
  ...done,
  data: Type.Object({ job_types: Type.Record(Type.String(), Type.Object({ id: Type.String(), name: Type.String() })) }),
});
export const ParameterList = Type.Object({
  ...done,
  data: Type.Object({
    parameters: Type.Array(
      Type.Object({
        display_name: Type.String(),
        description: Type.String(),
        variable_name: Type.String(),
        default_value: Type.Unknown(),
        validation: anything,
      }),
    ),
  }),
});

/** Written for readers of the API: handlers check by hand, with the contract's words. */
export const JobFilters = Type.Object({
  workspace_id: Type.Optional(Type.String()),
  resource_job_id: Type.Optional(Type.String()),
  job_type: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
});
export const Address = Type.Object({ id: Type.String() });
export const PutAddress = Type.Object({ id: Type.String(), other: Type.String() });
export const Start = Type.Object({
  job_type: Type.Optional(Type.String()),
  job_details: Type.Optional(anything),
  resource_options: Type.Optional(anything),
});
export const Refusal = errorResponse("workspaces");
