/** The head of a request as text: a first line that may be missing, and a line for each header. */

export interface Head {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: readonly (readonly [name: string, value: string])[];
}

const REQUEST_LINE = /^([A-Z]+) +(\S+)(?: +HTTP\/\S+)?$/;

/**
 * Reads a head. One space behind the colon belongs to the notation; any other white space is the
 * value's, since it may be what is wrong.
 */
export function readHead(text: string): Head {
	let method: string | undefined;
	let url: string | undefined;
	const headers: [string, string][] = [];
	for (const line of text.split(/\r?\n/)) {
		const first = headers.length === 0 ? REQUEST_LINE.exec(line.trim()) : null;
		const colon = line.indexOf(":");
		if (first) [, method, url] = first;
		else if (colon > 0) {
			headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).replace(/^ /, "")]);
		}
	}
	return { method, url, headers };
}

export function writeHead(
	method: string,
	url: string,
	headers: { readonly [name: string]: string },
): string {
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	return [`${method} ${url}`, ...lines].join("\n");
}
