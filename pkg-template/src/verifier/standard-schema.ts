/**
 * Standard Schema v1, as zod, valibot, arktype and others implement it. Copied from
 * https://standardschema.dev, so that nothing has to be installed for its types.
 */

/** A schema of any library that implements Standard Schema v1. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
	readonly "~standard": {
		readonly version: 1;
		readonly vendor: string;
		/** What the schema accepts and makes: for the compiler only. */
		readonly types?: { readonly input: Input; readonly output: Output } | undefined;
		validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>;
	};
}

/** What a schema makes of a value, or why it refuses it. */
export type SchemaResult<Output> =
	| { readonly value: Output; readonly issues?: undefined }
	| { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value. */
export interface SchemaIssue {
	readonly message: string;
	readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
