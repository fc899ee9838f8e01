/** What the programs of the suite pass on to those that they start. */
export const inherited = (): NodeJS.ProcessEnv => process.env;
