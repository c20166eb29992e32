/**
 * Every command there is, by name; the agent refuses any other. A new one is a file in `../files/` and a line here.
 */
export const fileCommands = {} as const;
export const fileStreams = {} as const;

export type FileCommands = typeof fileCommands;
export type FileStreams = typeof fileStreams;
