/** Who the client is and whether it came over HTTPS: a test for each way to lie about it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReceiverContext } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import {
	ADDRESS,
	createReceiver,
	deliver,
	expectAnswer,
	Log,
	memoryStore,
	OK,
	refused,
	SECRET,
	signed,
	toRequest,
} from "./receivers.ts";

const CLIENT = "203.0.113.7";
const PROXY = "10.0.0.1";
const PROXIES = { trustedProxies: ["10.0.0.0/8", "2001:db8:1::/48"] };
const INSECURE = refused(403, "insecure_transport");
const NOT_ALLOWED = refused(403, "ip_not_allowed");

interface Journey {
	readonly url?: string;
	readonly headers?: Record<string, string> | readonly (readonly [string, string])[];
	readonly context?: ReceiverContext;
	readonly options?: object;
}

/** Sends a callback and gives the status and the address in the record. */
async function send({ url, headers = {}, context, options }: Journey) {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, ...options });
	const callback = signed();
	const request = toRequest(callback, url);
	const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
	for (const [name, value] of pairs) request.headers.append(name, value);
	const answer = await deliver(receiver, request, context);
	return { status: answer.status, error: answer.body.error, ip: log.last.ip };
}

const accepted = (ip: string | undefined) => ({ status: 200, error: undefined, ip });

test("X-Forwarded-For of somebody who is no trusted proxy is not believed", async () => {
	for (const peer of [CLIENT, "127.0.0.1", "::1", "192.168.0.1", "2001:db8:2::1"]) {
		for (const options of [{}, PROXIES]) {
			const headers = { "x-forwarded-for": "198.51.100.1" };
			const got = await send({ headers, context: { ip: peer }, options });
			assert.deepEqual(got, accepted(peer));
		}
	}
});

test("without a peer nobody's word counts", async () => {
	const headers = { "x-forwarded-for": CLIENT, "x-forwarded-proto": "https" };
	assert.deepEqual(await send({ headers, options: PROXIES }), accepted(undefined));
	const options = { ...PROXIES, allowedIps: [CLIENT] };
	assert.equal((await send({ headers, options })).error, "ip_not_allowed");
	const url = "http://pay.example/";
	assert.equal((await send({ url, headers, options: PROXIES })).error, "insecure_transport");
});

for (const [what, hops, ip] of [
	["one hop", "203.0.113.7", CLIENT],
	["forged entries on the left", "127.0.0.1, 198.51.100.1, 203.0.113.7", CLIENT],
	["a forged trusted proxy on the left", "198.51.100.1, 10.0.0.9, 203.0.113.7", CLIENT],
	["two trusted proxies on the right", "198.51.100.1, 203.0.113.7, 10.2.2.2, 10.1.1.1", CLIENT],
	["nothing but trusted proxies", "10.3.3.3, 10.2.2.2", "10.3.3.3"],
	["white space", " \t203.0.113.7 \t", CLIENT],
	["no white space", "198.51.100.1,203.0.113.7,10.2.2.2", CLIENT],
	["a port", "203.0.113.7:51234", CLIENT],
	["IPv6", "2001:db8::7", "2001:db8::7"],
	["IPv6 in brackets", "[2001:db8::7]", "2001:db8::7"],
	["IPv6 with a port", "[2001:db8::7]:443", "2001:db8::7"],
	["IPv6 of a trusted proxy", "203.0.113.7, [2001:db8:1::5]:80", CLIENT],
	["an IPv4-mapped trusted proxy", "203.0.113.7, ::ffff:10.2.2.2", CLIENT],
	["an IPv4-mapped client", "::ffff:203.0.113.7", "::ffff:203.0.113.7"],
	["unknown", "unknown", undefined],
	["unknown on the right", "203.0.113.7, unknown", undefined],
	["unknown behind a trusted proxy", "203.0.113.7, unknown, 10.2.2.2", undefined],
	["unknown further left", "unknown, 203.0.113.7", CLIENT],
	["an obfuscated name", "_hidden", undefined],
	["an empty entry on the right", "203.0.113.7,", undefined],
	["an empty entry in the midst", "203.0.113.7, , 10.2.2.2", undefined],
	["an empty entry on the left", ", 203.0.113.7", CLIENT],
	["nothing", "", undefined],
	["a host name", "localhost", undefined],
	["quotes", '"203.0.113.7"', undefined],
	["octal digits", "0203.0.113.7", undefined],
	["hexadecimal digits", "0xcb.0.113.7", undefined],
	["a number", "3405803783", undefined],
	["a zone", "fe80::1%eth0", undefined],
	["a range", "203.0.113.7/32", undefined],
	["something behind a bracket", "[2001:db8::7]x", undefined],
	["a port that is none", "203.0.113.7:x", undefined],
	["an open bracket", "[2001:db8::7", undefined],
] as const) {
	test(`behind a trusted proxy: ${what}`, async () => {
		for (const peer of [PROXY, `::ffff:${PROXY}`, `${PROXY}:443`, "[2001:db8:1::1]:443"]) {
			const headers = { "x-forwarded-for": hops };
			const got = await send({ headers, context: { ip: peer }, options: PROXIES });
			assert.deepEqual(got, accepted(ip), peer);
			const options = { ...PROXIES, allowedIps: [CLIENT] };
			const { status } = await send({ headers, context: { ip: peer }, options });
			assert.equal(status, ip === CLIENT || ip === `::ffff:${CLIENT}` ? 200 : 403);
		}
	});
}

test("several header lines are one list", async () => {
	const context = { ip: PROXY };
	const headers = [
		["x-forwarded-for", "127.0.0.1"],
		["X-Forwarded-For", "198.51.100.1, 203.0.113.7"],
		["x-forwarded-for", "10.2.2.2"],
	] as const;
	assert.deepEqual(await send({ headers, context, options: PROXIES }), accepted(CLIENT));
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, ...PROXIES });
	for (const forged of ["x-forwarded-for", "X-FORWARDED-FOR"]) {
		const { headers, body } = signed();
		const { status } = await receiver.receive({
			method: "POST",
			headers: { ...headers, [forged]: ["127.0.0.1", "203.0.113.7, 10.2.2.2"] },
			secure: true,
			peer: PROXY,
			readBody: async () => body,
		});
		assert.deepEqual([status, log.last.ip], [200, CLIENT]);
	}
});

test("other headers about the client are not read at all", async () => {
	const forged = "198.51.100.1";
	const headers = {
		"x-real-ip": forged,
		"x-client-ip": forged,
		"true-client-ip": forged,
		"cf-connecting-ip": forged,
		"fastly-client-ip": forged,
		"x-forwarded-host": "localhost",
		"x-forwarded-ssl": "on",
		"front-end-https": "on",
	};
	for (const ip of [CLIENT, PROXY]) {
		assert.deepEqual(await send({ headers, context: { ip }, options: PROXIES }), accepted(ip));
		const url = "http://pay.example/";
		const { error } = await send({ url, headers, context: { ip }, options: PROXIES });
		assert.equal(error, "insecure_transport");
	}
	assert.deepEqual(await send({ headers }), accepted(undefined));
});

test("the address that an adapter's socket has, and the caller's that wins over it", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	for (const [context, ip] of [
		[{}, PROXY],
		[{ ip: CLIENT }, CLIENT],
	] as const) {
		const { headers, body } = signed();
		const incoming = { method: "POST", headers, secure: true, peer: PROXY };
		await receiver.receive({ ...incoming, readBody: async () => body }, context);
		assert.equal(log.last.ip, ip);
	}
});

test("what Deno and Bun tell of the peer", async () => {
	const deno = { remoteAddr: { transport: "tcp", hostname: CLIENT, port: 1234 } };
	assert.deepEqual(await send({ context: deno }), accepted(CLIENT));
	const socket = { remoteAddr: { transport: "unix", path: "/run/deno.sock" } };
	assert.deepEqual(await send({ context: socket }), accepted(undefined));
	class BunServer {
		readonly #address = CLIENT;
		requestIP(request: Request): { address: string; port: number; family: string } | null {
			assert.ok(request instanceof Request);
			return { address: this.#address, port: 1234, family: "IPv4" };
		}
	}
	assert.deepEqual(await send({ context: new BunServer() }), accepted(CLIENT));
	assert.deepEqual(await send({ context: { requestIP: () => null } }), accepted(undefined));
	const proxied = { "x-forwarded-for": CLIENT, "x-forwarded-proto": "https" };
	const trusting = { trustedProxies: ["unix:"] };
	for (const context of [socket, { ip: "unix:" }]) {
		const url = "http://pay.example/";
		const got = await send({ url, headers: proxied, context, options: trusting });
		assert.deepEqual(got, accepted(CLIENT));
		const untrusted = await send({ url, headers: proxied, context, options: PROXIES });
		assert.equal(untrusted.error, "insecure_transport");
	}
	const given = { ...deno, ip: "198.51.100.1" };
	assert.deepEqual(await send({ context: given }), accepted("198.51.100.1"));
	const headers = { "x-forwarded-for": "198.51.100.1" };
	const behind = { remoteAddr: { hostname: PROXY } };
	const got = await send({ headers, context: behind, options: PROXIES });
	assert.deepEqual(got, accepted("198.51.100.1"));
});

const PLAIN = "http://pay.example/callback";

test("HTTPS is demanded of everybody but the machine itself", async () => {
	for (const [ip, status] of [
		["127.0.0.1", 200],
		["127.8.8.8", 200],
		["::1", 200],
		["::ffff:127.0.0.1", 200],
		["[::1]:5000", 200],
		["203.0.113.7", 403],
		["10.0.0.1", 403],
		["192.168.0.1", 403],
		["169.254.0.1", 403],
		["0.0.0.0", 403],
		["::", 403],
		["localhost", 403],
		["", 403],
		["unknown", 403],
		["127.0.0.1.evil.example", 403],
		["::127.0.0.1", 403],
	] as const) {
		const { status: got } = await send({ url: PLAIN, context: { ip } });
		assert.equal(got, status, ip);
		// The host that a client names says nothing.
		const named = await send({ url: "http://localhost/callback", context: { ip } });
		assert.equal(named.status, status, `${ip} for localhost`);
	}
});

test("where nobody knows the peer, the host that a client names does not stand for it", async () => {
	for (const host of ["localhost", "LOCALHOST:3000", "127.0.0.1:8080", "[::1]", "pay.example"]) {
		assert.equal(
			(await send({ url: `http://${host}/callback` })).error,
			"insecure_transport",
			host,
		);
	}
});

test("requireHttps says so for all", async () => {
	for (const [requireHttps, context, url, status] of [
		[true, { ip: "127.0.0.1" }, PLAIN, 403],
		[true, {}, "http://localhost/", 403],
		[undefined, {}, "http://localhost/", 403],
		[false, {}, "http://localhost/", 200],
		[true, { ip: CLIENT }, undefined, 200],
		[false, { ip: CLIENT }, PLAIN, 200],
		[false, {}, PLAIN, 200],
		[undefined, { ip: CLIENT }, undefined, 200],
	] as const) {
		const options = { requireHttps };
		const got = await send({ ...(url && { url }), context, options });
		assert.equal(got.status, status);
	}
});

test("X-Forwarded-Proto counts when a trusted proxy says it, and its last word", async () => {
	for (const [ip, proto, status] of [
		[PROXY, "https", 200],
		[PROXY, "HTTPS", 200],
		[PROXY, "http,\thttps ", 200],
		[PROXY, "https, http", 403],
		[PROXY, "http", 403],
		[PROXY, "", 403],
		[PROXY, "https,", 403],
		[PROXY, "wss", 403],
		[PROXY, "httpsx", 403],
		[CLIENT, "https", 403],
		["192.168.0.1", "https", 403],
	] as const) {
		const headers = { "x-forwarded-proto": proto, "x-forwarded-for": CLIENT };
		const { status: got } = await send({ url: PLAIN, headers, context: { ip }, options: PROXIES });
		assert.equal(got, status, `${ip} ${proto}`);
		const without = { "x-forwarded-proto": proto };
		const alone = await send({ url: PLAIN, headers: without, context: { ip }, options: PROXIES });
		assert.equal(alone.status, status, `${ip} ${proto}`);
	}
});

test("X-Forwarded-Proto of several proxies: what the one said that saw the client", async () => {
	for (const [hops, proto, status] of [
		["203.0.113.7, 10.2.2.2", "https,http", 200],
		["203.0.113.7, 10.2.2.2", "http,https", 403],
		["203.0.113.7, 10.2.2.2", "https", 200],
		["127.0.0.1, 203.0.113.7, 10.2.2.2", "https, http, https", 403],
	] as const) {
		const headers = { "x-forwarded-proto": proto, "x-forwarded-for": hops };
		const got = await send({ url: PLAIN, headers, context: { ip: PROXY }, options: PROXIES });
		assert.equal(got.status, status, `${hops} ${proto}`);
	}
});

test("names stand for addresses of the machine and of private networks", async () => {
	const headers = { "x-forwarded-proto": "https", "x-forwarded-for": CLIENT };
	for (const [name, ip, status] of [
		["loopback", "127.0.0.1", 200],
		["loopback", "::1", 200],
		["loopback", PROXY, 403],
		["private", PROXY, 200],
		["private", "192.168.1.1", 200],
		["private", "fd00::1", 200],
		["private", "8.8.8.8", 403],
	] as const) {
		const options = { trustedProxies: [name] };
		const got = await send({ url: PLAIN, headers, context: { ip }, options });
		assert.equal(got.status, status, `${name} ${ip}`);
	}
});

test("a record names the other end of the connection", async () => {
	const log = new Log();
	const onAny = () => {};
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, onAny, ...PROXIES });
	const refusedFrom = async (request: Request, ip: string) => {
		await deliver(receiver, request, { ip });
		const { code, peer, ip: client } = log.last;
		return [code, peer, client];
	};
	const expected = (code: string, peer: string, client?: string) => [code, peer, client];
	const plain = () => toRequest(signed(), PLAIN);
	assert.deepEqual(
		await refusedFrom(plain(), "192.168.7.7"),
		expected("insecure_transport", "192.168.7.7"),
	);
	assert.deepEqual(await refusedFrom(plain(), "unix:"), expected("insecure_transport", "unix:"));
	const forged = toRequest({ ...signed(), body: "{}" });
	forged.headers.append("x-forwarded-for", CLIENT);
	assert.deepEqual(await refusedFrom(forged, PROXY), expected("signature_mismatch", PROXY, CLIENT));
	const method = new Request(ADDRESS, { method: "PUT", body: "{}" });
	assert.deepEqual(await refusedFrom(method, PROXY), expected("method_not_allowed", PROXY));
	await deliver(receiver, toRequest(signed()), { ip: CLIENT });
	assert.deepEqual([log.last.outcome, log.last.ip, log.last.peer], ["handled", CLIENT, CLIENT]);
});

test("a scheme that a trusted proxy names decides, even for the machine itself", async () => {
	const options = { trustedProxies: ["127.0.0.1"] };
	const context = { ip: "127.0.0.1" };
	for (const headers of [
		{ "x-forwarded-proto": "http" },
		{ "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1" },
		{ forwarded: "for=203.0.113.7;proto=http" },
		{ forwarded: "proto=http" },
	]) {
		for (const url of [PLAIN, ADDRESS]) {
			const got = await send({ url, headers, context, options });
			assert.equal(got.error, "insecure_transport", `${url} ${JSON.stringify(headers)}`);
		}
	}
});

test("Forwarded of a trusted proxy counts where the older headers are not there", async () => {
	const context = { ip: PROXY };
	for (const [forwarded, ip, status] of [
		['for="[2001:db8::7]:4711";proto=https', "2001:db8::7", 200],
		["for=198.51.100.1, for=203.0.113.7;proto=https", CLIENT, 200],
		["for=unknown;proto=https", undefined, 200],
		["for=203.0.113.7;proto=http", undefined, 403],
		["for=203.0.113.7", undefined, 403],
		['for="203.0.113.7', undefined, 403],
	] as const) {
		const headers = { forwarded };
		const got = await send({ url: PLAIN, headers, context, options: PROXIES });
		assert.deepEqual([got.status, got.ip], [status, ip], forwarded);
	}
	const headers = { forwarded: "for=203.0.113.7;proto=https" };
	assert.equal((await send({ url: PLAIN, headers, context: { ip: CLIENT } })).status, 403);
	assert.deepEqual(await send({ headers, options: PROXIES }), accepted(undefined));
	const both = { ...headers, "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https" };
	const got = await send({ url: PLAIN, headers: both, context, options: PROXIES });
	assert.deepEqual(got, accepted(undefined));
});

test("a client cannot pass for the machine itself", async () => {
	const options = { trustedProxies: ["127.0.0.1", "10.0.0.0/8"] };
	for (const hops of ["127.0.0.1, 203.0.113.7", "::1, 203.0.113.7", "203.0.113.7"]) {
		const headers = { "x-forwarded-for": hops };
		for (const ip of ["127.0.0.1", PROXY]) {
			const got = await send({ url: PLAIN, headers, context: { ip }, options });
			assert.equal(got.error, "insecure_transport", `${ip} ${hops}`);
		}
	}
	const junk = { "x-forwarded-for": "127.0.0.1, junk" };
	const got = await send({ url: PLAIN, headers: junk, context: { ip: "127.0.0.1" }, options });
	assert.equal(got.error, "insecure_transport");
});

test("allowedIps sees the client, not the proxy", async () => {
	const options = { ...PROXIES, allowedIps: ["203.0.113.0/24", PROXY] };
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), ...options });
	for (const [hops, expected] of [
		[CLIENT, OK],
		["198.51.100.1", NOT_ALLOWED],
		["203.0.113.7, 198.51.100.1", NOT_ALLOWED],
		["unknown", NOT_ALLOWED],
	] as const) {
		const { headers, body } = signed();
		const callback = { headers: { ...headers, "x-forwarded-for": hops }, body };
		await expectAnswer(receiver, callback, expected, { ip: PROXY });
	}
	await expectAnswer(receiver, toRequest(signed(), PLAIN), INSECURE, { ip: CLIENT });
});

test("createTransport alone: a verdict is not the caller's to change", () => {
	const transport = wallet.createTransport(PROXIES);
	const arrival = { headers: { "x-forwarded-for": CLIENT }, peer: PROXY, secure: true };
	const admitted = transport.admit(arrival);
	assert.throws(() => Object.assign(admitted, { ip: PROXY }), TypeError);
	assert.deepEqual(transport.admit(arrival), { ok: true, ip: CLIENT });
});

test("createTransport alone: headers of every shape", () => {
	const transport = wallet.createTransport(PROXIES);
	const hops = "198.51.100.1, 203.0.113.7";
	for (const headers of [
		{ "X-Forwarded-For": hops },
		{ "x-forwarded-for": ["198.51.100.1", "203.0.113.7"] },
		new Headers({ "x-forwarded-for": hops }),
		new Map([["X-Forwarded-For", hops]]),
		[["X-FORWARDED-FOR", hops] as const],
	]) {
		const admitted = transport.admit({ headers, peer: PROXY, secure: true });
		assert.deepEqual(admitted, { ok: true, ip: CLIENT });
	}
	assert.deepEqual(transport.admit({ headers: {}, secure: true }), { ok: true });
	const { ok, ...rejected } = transport.admit({ headers: {}, peer: CLIENT, secure: false });
	assert.equal(ok, false);
	assert.deepEqual("code" in rejected ? [rejected.code, rejected.status] : [], [
		"insecure_transport",
		403,
	]);
});
