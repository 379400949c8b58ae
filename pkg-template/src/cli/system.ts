/** What the operating system refuses, in words that say what to do. */
import { dirname } from "node:path";

/** What somebody wants of a file. */
export type Use = "read" | "write" | "folder";

/** What to say of a file, as the user has written its name; nothing if it is no error of the system. */
export function fileProblem(error: unknown, file: string, use: Use): string | undefined {
	const { code } = error as NodeJS.ErrnoException;
	switch (code) {
		case "ENOENT":
			return use === "read" ? `no file at ${file}` : `no folder at ${dirname(file)}: make it first`;
		case "EISDIR":
			return `${file} ${/[/\\]$/.test(file) ? "names" : "is"} a folder: expected a file`;
		case "EEXIST":
			return use === "folder"
				? `${file} is a file: expected a folder`
				: `${file} is there already: name another`;
		case "ENOTDIR":
			return `no ${use === "folder" ? "folder" : "file"} can be at ${file}: a file stands where the path has a folder`;
		case "EACCES":
		case "EPERM":
		case "EROFS":
			return `no permission to ${use === "read" ? "read" : "write"} ${file}`;
		case "ENOSPC":
		case "EDQUOT":
			return `no space is left to write ${file}`;
		default:
			return code === undefined ? undefined : `${file} cannot be ${DONE[use]} (${code})`;
	}
}

const DONE: { readonly [Each in Use]: string } = {
	read: "read",
	write: "written",
	folder: "made",
};

interface ConnectionError extends NodeJS.ErrnoException {
	readonly address?: string;
	readonly port?: number;
	readonly hostname?: string;
}

/** What comes of TLS that is spoken to a server without it. */
const NO_TLS: readonly string[] = [
	"EPROTO",
	"ERR_SSL_WRONG_VERSION_NUMBER",
	"ERR_SSL_PACKET_LENGTH_TOO_LONG",
];
/** Codes of TLS itself, and of certificates. */
const TLS =
	/^(?:ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_)/;

/** What to say of a server that cannot be reached; nothing if the error says something else. */
export function connectionProblem(error: ConnectionError): string | undefined {
	const { code = "", address = "the address", port, hostname = "this name" } = error;
	const shown = address.includes(":") ? `[${address}]` : address;
	const place = port === undefined ? shown : `${shown}:${port}`;
	switch (code) {
		case "ECONNREFUSED":
			return `nobody listens at ${place}: is the server started?`;
		case "ENOTFOUND":
			return `no address is known for ${hostname}: is the name right?`;
		case "EAI_AGAIN":
			return `the address of ${hostname} cannot be looked up: is there a network?`;
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "ETIMEDOUT":
			return `${place} cannot be reached from here`;
		default:
			return tlsProblem(error);
	}
}

function tlsProblem({ code = "", message }: ConnectionError): string | undefined {
	// OpenSSL adds where in its source it was, and the server's alert: a server without TLS has none.
	const said = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1];
	const isRefused = said?.includes(" alert ");
	if (NO_TLS.includes(code) && !isRefused) {
		return "no TLS connection can be made: is it an http:// URL?";
	}
	return isRefused || TLS.test(code) ? `TLS: ${said ?? message}` : undefined;
}

/** What to say of an address that cannot be listened at; nothing if the error says something else. */
export function listenProblem(error: unknown, host: string, port: number): string | undefined {
	switch ((error as NodeJS.ErrnoException).code) {
		case "EADDRINUSE":
			return `port ${port} is in use: choose another with --port`;
		case "EACCES":
		case "EPERM":
			return `no permission to listen at port ${port}: choose one above 1023 with --port`;
		case "EADDRNOTAVAIL":
		case "EAFNOSUPPORT":
		case "EINVAL":
			return `--host: ${host} is no address of this machine`;
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return `--host: no address is known for ${host}`;
		default:
			return undefined;
	}
}
