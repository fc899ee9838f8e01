/** What the programs here pass on to those that they start. */
export const inherited = (): NodeJS.ProcessEnv => process.env;
