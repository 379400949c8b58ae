/**
 * One text for one value, whatever the order of its members: what runtimes are
 * compared by. Long texts are folded so that a report stays small.
 */
export function canonical(value: unknown): string {
	const text = write(value);
	return text.length > 2000
		? `${text.slice(0, 200)}… ${text.length} characters, ${fingerprint(text)}`
		: text;
}

function write(value: unknown): string {
	if (value === undefined) return "undefined";
	if (typeof value === "bigint") return `${value}n`;
	if (value === null || typeof value !== "object") {
		if (typeof value === "number" && !(Math.abs(value) <= Number.MAX_VALUE)) return String(value);
		return JSON.stringify(value);
	}
	if (ArrayBuffer.isView(value)) {
		const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
		return `bytes ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
	}
	if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	members.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(",")}}`;
}

/** FNV-1a over UTF-16 units: tells texts apart, and nobody attacks it here. */
function fingerprint(text: string): string {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index += 1) {
		hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	}
	return (hash >>> 0).toString(16);
}
