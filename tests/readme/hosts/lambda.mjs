/** Hands requests to a Lambda function, as a function URL does. */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

const { handler } = await import(process.env.SNIPPET);

createServer((request, response) => {
	buffer(request).then(
		async (bytes) => {
			const { method, headers } = request;
			const body = bytes.toString("base64");
			const requestContext = { http: { method, sourceIp: "203.0.113.7" } };
			const result = await handler({ headers, body, isBase64Encoded: true, requestContext });
			response.writeHead(result.statusCode, result.headers).end(result.body);
		},
		() => response.destroy(),
	);
}).listen(process.env.PORT);
