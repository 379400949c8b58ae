/** The titles of the snippets that need a server: servers.test.ts runs them. */
export const ON_SERVERS: readonly string[] = ["aws-lambda", "redis-store", "postgres-once"];
