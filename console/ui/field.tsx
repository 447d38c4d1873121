interface FieldProps {
  readonly title: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: 'text' | 'tel';
}

/** A line of text in a form. What is typed is of this form alone: the browser does not offer it another time. */
export function Field({ title, value, onInput, ...input }: FieldProps) {
  return (
    <label class="field">
      <span>{title}</span>
      <input
        {...input}
        autocomplete="off"
        value={value}
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
      />
    </label>
  );
}
