interface SwitchProps {
  readonly label: string;
  readonly values: readonly {
    readonly title: string;
    readonly isChosen: boolean;
    readonly choose: () => void;
  }[];
}

/** A few buttons, of which one is pressed. */
export function Switch({ label, values }: SwitchProps) {
  return (
    <span class="switch" role="group" aria-label={label}>
      {values.map(({ title, isChosen, choose }) => (
        <button key={title} type="button" aria-pressed={isChosen} onClick={choose}>
          {title}
        </button>
      ))}
    </span>
  );
}
