/** The type of identifiers. They are compared bytewise, which costs half of a locale's order. */
export const IDENTIFIER = 'text COLLATE "C"';
