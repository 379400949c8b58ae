/** What the compiler knows of events: by their sender, their schema, or the type that a caller names. */

import type {
	CallbackVerificationEvent,
	SenderName,
	SenderTypes,
	TypeMembers,
	WalletEvent,
} from "../generated/model.js";
import type { SenderDescriptor } from "./descriptor.js";
import type { StandardSchemaV1 } from "./standard-schema.js";
import type { OpaqueEvent } from "./types.js";

/** A sender whose events are `{ type?, id?, payload }`. */
type OtherSender = Exclude<SenderName, "tp-wallet"> | SenderDescriptor;

/**
 * What {@link Verifier.verify} returns as `event` for a sender; with a schema, for what that makes of
 * the payload.
 */
export type EventOf<From, Output = unknown, All = From> = From extends
	| "tp-wallet"
	| { readonly payload: "wallet-event" }
	? unknown extends Output
		? WalletEvent
		: Output | CallbackVerificationEvent
	: unknown extends Output
		? OpaqueEventOf<From, All>
		: TypedEvent<Output, TypeMemberOf<From>>;

/** An event whose payload has no type: its own is one of the sender's if that documents all of them. */
type OpaqueEventOf<From, All> = [SenderName] extends [All]
	? OpaqueEvent
	: From extends keyof SenderTypes
		? OpaqueEvent & { readonly type: SenderTypes[From] }
		: OpaqueEvent;

/**
 * An event whose payload has a type. If that is a union of objects that differ in the member in which
 * the sender says the event's type, `event.type` tells them apart.
 */
export type TypedEvent<Payload, Member extends string = "type"> = Payload extends unknown
	? EventNamed<[Member] extends [never] ? unknown : At<Payload, Member>, Payload>
	: never;

type EventNamed<Type, Payload> = Type extends string
	? { readonly type: Type; readonly id?: string; readonly payload: Payload }
	: { readonly type?: string; readonly id?: string; readonly payload: Payload };

/** The member of the payload that says the event's type, as `event.type`. */
type TypeMemberOf<From> = From extends keyof TypeMembers
	? TypeMembers[From]
	: From extends { readonly type: { readonly member: infer Member extends string } }
		? Member
		: never;

/** The type of a member, by its path. */
type At<Value, Path extends string> = Path extends `${infer First}.${infer Rest}`
	? Value extends { readonly [Name in First]: infer Inner }
		? At<Inner, Rest>
		: unknown
	: Value extends { readonly [Name in Path]: infer Inner }
		? Inner
		: unknown;

/**
 * The event of a verifier, from the arguments of {@link createVerifier}: `Payload` is what the caller
 * names, `unknown` if nothing; `From` has `undefined` in it if there is no `sender`.
 */
export type EventFrom<Payload, From, Output> = unknown extends Payload
	? EventOf<undefined extends From ? "tp-wallet" : From, Output>
	: TypedEvent<Payload>;

/** What a caller who names the type of the payload has to say, too. */
export type NeededFor<Payload> = Opaque<
	unknown extends Payload
		? unknown
		: {
				readonly sender: OtherSender;
				readonly schema?: StandardSchemaV1<unknown, Payload> | undefined;
			},
	Payload
>;

/** A type from which the compiler infers no argument, so that only options meant for it decide. */
export type Opaque<Type, Argument> = [Type][Argument extends unknown ? 0 : never];
