/** Messages of the parser, in the words of the command line. */

const OPTION =
	/^error: option '(?:-\w, )?(--[\w-]+)[^']*' argument '([\s\S]*)' is invalid\. Expected /;
const ARGUMENT =
	/^error: command-argument value '([\s\S]*)' is invalid for argument '(\w+)'\. Expected /;

/** What the parser says of a value, as the rest of the command line says it: what it is of, expected and got. */
export function inPlainWords(text: string): string {
	const rewrite = (rest: string, name: string, value: string) => {
		const [first = "", ...others] = rest.split("\n");
		const got = `, got ${JSON.stringify(value)}`;
		return [`error: ${name}: expected ${first.replace(/\.$/, "")}${got}`, ...others].join("\n");
	};
	const [ofOption, option = "", given = ""] = OPTION.exec(text) ?? [];
	if (ofOption !== undefined) return rewrite(text.slice(ofOption.length), option, given);
	const [ofArgument, value = "", argument = ""] = ARGUMENT.exec(text) ?? [];
	if (ofArgument !== undefined)
		return rewrite(text.slice(ofArgument.length), `<${argument}>`, value);
	return text;
}
