/** The JSON Schema, the core and the examples say the same about the shape of every event. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { accepted, assertRefused, type Body, example, types } from "./callbacks.ts";
import { type Schema, schema } from "./package.ts";

const ajv = new Ajv2020({ strict: true });
formats.default(ajv, ["date-time"]);
const validate = ajv.compile(schema);

test("every type of the schema has an example, and every example a type", () => {
	const constants = schema.oneOf.map(({ properties }) => properties?.type?.const);
	assert.deepEqual(constants.toSorted(), types.toSorted());
	assert.deepEqual(
		schema.oneOf.map(({ title }) => title),
		constants,
	);
	for (const type of types) assert.equal(example(type).type, type);
});

for (const type of types) {
	describe(type, () => {
		const members = [...membersOf(schemaOf(type), example(type), "")];
		const without = (paths: readonly string[]) =>
			example(type, Object.fromEntries(paths.map((path) => [path, undefined])));
		const optional = members.filter(({ need }) => need === "optional").map(({ path }) => path);

		test("the example is accepted", () => assertBothAccept(example(type)));

		test("a required member may not be absent", () => {
			for (const { path, need } of members) {
				if (need === "required") assertBothRefuse(without([path]), path);
			}
		});

		test("an optional member may be absent", () => {
			for (const path of optional) assertBothAccept(without([path]));
			// From the inside out.
			assertBothAccept(without(optional.toReversed()));
		});

		test("no member may be of another kind", () => {
			for (const { path, kind } of members) {
				for (const other of OTHER_KINDS.filter((value) => kindOf(value) !== kind)) {
					assertBothRefuse(example(type, { [path]: other }), path);
				}
			}
		});
	});
}

/** One of each kind of JSON value. */
const OTHER_KINDS = [7, "7", true, null, [], {}];

function kindOf(value: unknown): string {
	if (value === null) return "null";
	return Array.isArray(value) ? "array" : typeof value;
}

interface Member {
	path: string;
	/** The kind of JSON value that it is. */
	kind: string;
	need: "required" | "optional" | "element";
}

/** What the schema knows of an example: its members, and those that it lacks at their level. */
function* membersOf(part: Schema, value: unknown, path: string): Generator<Member> {
	const { properties = {}, required = [], items } = resolved(part);
	for (const [name, member] of Object.entries(properties)) {
		const at = path === "" ? name : `${path}.${name}`;
		const need = required.includes(name) ? "required" : "optional";
		yield { path: at, kind: kindIn(member), need };
		const inner = (value as { [name: string]: unknown })[name];
		if (inner !== undefined) yield* membersOf(member, inner, at);
	}
	if (items === undefined) return;
	for (const [index, element] of (value as unknown[]).entries()) {
		yield { path: `${path}[${index}]`, kind: kindIn(items), need: "element" };
		yield* membersOf(items, element, `${path}[${index}]`);
	}
}

function schemaOf(type: string): Schema {
	return schema.oneOf.find(({ title }) => title === type) ?? assert.fail(`no schema of ${type}`);
}

function resolved(part: Schema): Schema {
	const name = part.$ref?.replace("#/$defs/", "");
	return name === undefined ? part : (schema.$defs[name] ?? assert.fail(`no ${part.$ref}`));
}

function kindIn(part: Schema): string {
	const { type, const: constant } = resolved(part);
	if (constant !== undefined) return typeof constant;
	return type === "integer" ? "number" : (type ?? assert.fail("a member of no type"));
}

function assertBothAccept(body: Body): void {
	assert.ok(validate(body), ajv.errorsText(validate.errors));
	accepted(body);
}

function assertBothRefuse(body: Body, path: string): void {
	assert.ok(!validate(body), `the schema accepts ${JSON.stringify(body)}`);
	assertRefused(body, path);
}
