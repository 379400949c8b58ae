/** Who is at the other end of a connection. */

/** What stands for whoever has connected to a Unix socket, which has no address. */
export const UNIX_PEER = "unix:";
