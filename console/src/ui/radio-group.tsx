import { useId } from 'react';
import styles from './radio-group.module.css';

interface RadioGroupProps<Value extends string> {
  readonly legend: string;
  /** Each value with its text. */
  readonly choices: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One choice out of few: radio buttons of the browser that look like one control. */
export function RadioGroup<Value extends string>({
  legend,
  choices,
  value: chosen,
  onChange,
}: RadioGroupProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      <div className={styles.choices}>
        {choices.map(([value, text]) => (
          <label key={value}>
            <input
              type="radio"
              name={name}
              checked={value === chosen}
              onChange={() => onChange(value)}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
