/** Who is at the other end of a connection. */

/** What stands for whoever has connected to a Unix socket, which has no address. */
export const UNIX_PEER = "unix:";

/** Whether this is Cloudflare Workers, where nothing may go on behind an answer by itself. */
export const onWorkers: boolean = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/** What of a Node socket says it. */
export interface Socket {
	readonly remoteAddress?: string | undefined;
	readonly localAddress?: string | undefined;
	readonly destroyed?: boolean;
}

/** The address at the other end of a Node socket, if it has one. */
export function peerOf(socket: Socket): string | undefined {
	return socket.remoteAddress ?? (isUnix(socket) ? UNIX_PEER : undefined);
}

/** A connection over TCP that the client has reset still has an address at this end. */
function isUnix({ destroyed, localAddress }: Socket): boolean {
	return destroyed === false && localAddress === undefined;
}
