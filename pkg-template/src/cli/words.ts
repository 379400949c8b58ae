/** Messages of the package and of the parser, in the words of the command line. */

/** What options are called here whose names are not those of the package. */
const NAMES: { readonly [option: string]: string } = {
	registeredUrl: "--url",
	headers: "--header",
	toleranceSeconds: "--tolerance",
};

const PHRASES: readonly (readonly [said: RegExp, here: string])[] = [
	[/\bsenders\(\) lists the names/, "`npx wallet-callback senders` lists the names"],
	[/\{ sender: "([\w-]+)" \}|\bsender: "([\w-]+)"/, "--sender $1$2"],
	[/\bsignedRequest signs\b/, "this command signs"],
];

/**
 * What the package says of an option or of a name, for a command that has these options: `clientId` is
 * `--client-id` here, and a key is the secret.
 */
export function inWordsOfCommands(message: string, flags: readonly string[]): string {
	const told = PHRASES.reduce((text, [said, here]) => text.replace(said, here), message);
	const kind = /^unknown ([a-z]+) /.exec(told)?.[1];
	if (kind !== undefined && flags.includes(`--${kind}`)) return `--${kind}: ${told}`;
	return told
		.replace(/^keys?(\[(\d+)\])?:/, (_, _brackets, index) =>
			Number(index) > 0 ? `secret ${Number(index) + 1}:` : "secret:",
		)
		.replace(/^[a-z]+(?=\[|:| is required:)/i, (name) => {
			const flag = NAMES[name] ?? `--${kebab(name)}`;
			return flags.includes(flag) ? flag : name;
		});
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const OPTION =
	/^error: option '(?:-\w, )?(--[\w-]+)[^']*' argument '([\s\S]*)' is invalid\. Expected /;
const ARGUMENT =
	/^error: command-argument value '([\s\S]*)' is invalid for argument '(\w+)'\. Expected /;

/** What the parser says of a value, as the rest of the command line says it: what it is of, expected and got. */
export function inPlainWords(text: string): string {
	const rewrite = (rest: string, name: string, value: string) => {
		const [first = "", ...others] = rest.split("\n");
		// What stands before an @ may be a password, however it is written.
		const hasSecret = /\burl\b/i.test(first) && value.includes("@");
		const got = hasSecret ? "" : `, got ${JSON.stringify(value)}`;
		return [`error: ${name}: expected ${first.replace(/\.$/, "")}${got}`, ...others].join("\n");
	};
	const [ofOption, option = "", given = ""] = OPTION.exec(text) ?? [];
	if (ofOption !== undefined) return rewrite(text.slice(ofOption.length), option, given);
	const [ofArgument, value = "", argument = ""] = ARGUMENT.exec(text) ?? [];
	if (ofArgument !== undefined)
		return rewrite(text.slice(ofArgument.length), `<${argument}>`, value);
	return text;
}
