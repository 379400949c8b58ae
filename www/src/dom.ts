/** Elements, without a framework. No attribute `style` is set: the page's policy forbids it. */

export type Child = Node | string | undefined | false;
type Value = string | number | boolean | undefined | ((event: never) => void);
export type Attributes = { readonly [name: string]: Value };

/** An element. Functions are listeners, by the event's name: `{ click() {} }`. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
	const element = document.createElement(tag);
	fill(element, attributes, children);
	return element;
}

/** An element of a drawing. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
	const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
	fill(element, attributes, children);
	return element;
}

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name, value as EventListener);
		else if (value !== undefined && value !== false)
			element.setAttribute(name, value === true ? "" : String(value));
	}
	element.append(...present(children));
}

/** Puts these children in the place of those that are there. */
export function replace(element: Element, ...children: readonly Child[]): void {
	element.replaceChildren(...present(children));
}

function present(children: readonly Child[]): (Node | string)[] {
	return children.filter((child) => child !== undefined && child !== false);
}

let last = 0;

/** An id that no other element has. */
export function unique(name: string): string {
	last += 1;
	return `${name}-${last}`;
}

/** A control with its label above it, and perhaps a hint below. */
export function field(
	label: string,
	control: HTMLElement,
	{ hint }: { readonly hint?: string } = {},
): HTMLElement {
	control.id ||= unique("field");
	const note = hint === undefined ? undefined : h("p", { class: "hint", id: unique("hint") }, hint);
	if (note) control.setAttribute("aria-describedby", note.id);
	return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

export function select<Value extends string>(
	options: readonly (readonly [value: Value, label: string])[],
	selected: Value,
	change: (value: Value) => void,
): HTMLSelectElement {
	const element = h("select", {
		change() {
			change(element.value as Value);
		},
	});
	for (const [value, label] of options) {
		element.append(h("option", { value, selected: value === selected }, label));
	}
	return element;
}

/** A button that copies a text, and says that it did. */
export function copyButton(label: string, done: string, text: () => string): HTMLButtonElement {
	const button = h(
		"button",
		{
			type: "button",
			class: "quiet",
			async click() {
				await navigator.clipboard.writeText(text());
				button.textContent = done;
				setTimeout(() => {
					button.textContent = label;
				}, 1500);
			},
		},
		label,
	);
	return button;
}

/** Fills the places of a text: `{count} of {all}`. */
export function format(text: string, values: { readonly [name: string]: string | number }): string {
	return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
