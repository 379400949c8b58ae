/** A callback, in the forms in which people have one at hand. */
export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** A type that nobody knows, whose data is taken as it is. */
export const BODY = `{"type":"test.event","timestamp":"2026-01-01T00:00:00Z","data":{"name":"Zoë's"}}`;

/** Headers and body, as `sign --json` prints them. */
export interface Signed {
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
}

const lines = ({ headers }: Signed) =>
	Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

export const FORMS: { readonly [form: string]: (signed: Signed) => string } = {
	raw: (signed) => `POST /callbacks HTTP/1.1\n${lines(signed).join("\n")}\n\n${signed.body}`,
	curl: (signed) => {
		const headers = lines(signed).map((line) => ` \\\n  -H '${line}'`);
		const body = signed.body.replaceAll("'", "'\\''");
		return `curl https://shop.example/callbacks${headers.join("")} \\\n  --data-raw '${body}'\n`;
	},
	"curl with quotes of the shell": ({ headers, body }) => {
		const ansi = body.replaceAll("'", "\\'").replaceAll("ë", "\\u00eb").replaceAll(":", "\\x3a");
		const given = Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`);
		return `$ curl --url=https://shop.example/ \\\n ${given.join(" ")} -XPOST --data-raw $'${ansi}'`;
	},
	"curl with double quotes": ({ headers, body }) => {
		const given = Object.entries(headers).map(([name, value]) => `-H'${name}: ${value}'`);
		return `curl -s -m 5 ${given.join(" ")} -d "${body.replaceAll('"', '\\"')}" https://shop.example/`;
	},
	"a log line of Node": ({ headers, body }) =>
		JSON.stringify({ rawHeaders: Object.entries(headers).flat(), body }),
	"a HAR entry": ({ headers, body }) => {
		const named = Object.entries(headers).map(([name, value]) => ({ name, value }));
		return JSON.stringify({
			request: { method: "POST", headers: named, postData: { text: body } },
		});
	},
	"pairs of headers": ({ headers, body }) =>
		JSON.stringify([{ headers: Object.entries(headers), payload: body }]),
	"an event of AWS Lambda": ({ headers, body }) =>
		JSON.stringify({ headers, body: Buffer.from(body).toString("base64"), isBase64Encoded: true }),
	"a log line": ({ headers, body }) =>
		`${JSON.stringify({ level: 40, msg: "refused", req: { headers, rawBody: body } })}\n`,
};
