/** The titles of the snippets that need a server: servers.test.ts runs them. */
export const ON_SERVERS: readonly string[] = [
	"aws-lambda",
	"redis-store",
	"pg-store",
	"pg-once",
	"drizzle-once",
	"kysely-once",
	"prisma-once",
	"postgres-once",
];

/** The titles of the snippets that sign somebody in: sign-in.test.ts runs them. */
export const SIGN_INS: readonly string[] = [
	"tokenpocket-page",
	"tokenpocket-script",
	"tokenpocket-schema",
	"tokenpocket-express",
	"tokenpocket-workers",
	"tokenpocket-wrangler",
	"tokenpocket-eos",
];
