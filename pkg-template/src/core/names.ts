/**
 * Whether every object has a member of this name, such as `__proto__` or `constructor`. A function that
 * looks an id up as `(id) => keys[id]` would find it, so nothing is looked up by such an id.
 */
export function isInherited(name: string): boolean {
	return name in Object.prototype;
}
