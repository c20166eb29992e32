import type { JobType } from "./contract.ts";

/** Contract 3's own test: writes a file into the workspace and takes ten seconds. */
export const localTestJob: JobType = {
  id: "local_test_job",
  name: "Local Test Job",
  icon: "flask",
  parameters: ["num_cpus", "memory_mb", "time_limit_min"],
  program: "plain",
  web: "none",
  readiness: "started",
  protection: "no-port",
  fails: "on-error-status",
  command: ({ jobId }) => [
    "/bin/sh",
    "-c",
    'printf "Hello World\\n" > "$1" && sleep 10',
    "local_test_job",
    `LocalTest_${jobId}_output.log`,
  ],
};
