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

/** The titles of the programs of docs/senders/: sender-pages.test.ts runs them. */
export const FROM_SENDERS: readonly string[] = [
	"from-alchemy",
	"from-circle",
	"from-coinbase-cdp",
	"from-coinbase-commerce",
	"from-cryptapi",
	"from-fireblocks",
	"from-github",
	"from-nowpayments",
	"from-paddle",
	"from-shopify",
	"from-stripe",
	"from-tp-wallet",
	"try-cryptapi",
];

/** The titles of the snippets of docs/migrating.md: migrating.test.ts runs them. */
export const MIGRATING: readonly string[] = [
	"stripe",
	"svix",
	"standardwebhooks",
	"octokit",
	"tern",
	"crypto",
].flatMap((name) => [`before-${name}`, `after-${name}`]);

/** The titles of the snippets that sign somebody in: sign-in.test.ts runs them. */
export const SIGN_INS: readonly string[] = [
	"tokenpocket-page",
	"tokenpocket-script",
	"tokenpocket-schema",
	"tokenpocket-express",
	"tokenpocket-hono",
	"tokenpocket-workers",
	"tokenpocket-wrangler",
	"tokenpocket-eos",
];
