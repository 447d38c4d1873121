// Compiles the class-validator decorators of a record class into one plain function per field.
import {
  getMetadataStorage,
  MetadataStorage,
  type ValidationArguments,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';

/** Says what is wrong with a field's value. Returns undefined when nothing is. */
export type FieldCheck = (value: unknown) => string | undefined;

type RecordClass = new () => object;

/**
 * Compiles the checks of all fields of a class once. class-validator itself looks up its metadata and builds error
 * objects for each value. That takes 70 µs for a record that `JSON.parse` reads in 3 µs. A property test ensures that
 * these checks give the same results as `validateSync`.
 *
 * @throws Error for a decorator that cannot be compiled (groups, nested objects, asynchronous or `each` checks)
 */
export function compileChecks(recordClass: RecordClass): ReadonlyMap<string, FieldCheck> {
  const storage = getMetadataStorage();
  const metadatas = storage.getTargetValidationMetadatas(recordClass, '', false, false);
  const checks = new Map<string, FieldCheck>();
  for (const [property, rules] of Object.entries(storage.groupByPropertyName(metadatas))) {
    const optional = rules.some((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION);
    const constraints = rules
      .filter((rule) => rule.type !== ValidationTypes.CONDITIONAL_VALIDATION)
      .flatMap((rule) => compileRule(storage, recordClass, rule));
    checks.set(property, (value) => {
      if (optional && (value === null || value === undefined)) return undefined;
      for (const constraint of constraints) {
        const problem = constraint(value);
        if (problem !== undefined) return problem;
      }
      return undefined;
    });
  }
  return checks;
}

type Rule = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

function compileRule(storage: MetadataStorage, recordClass: RecordClass, rule: Rule): FieldCheck[] {
  if (rule.type !== ValidationTypes.CUSTOM_VALIDATION || rule.each || isGrouped(rule)) {
    throw new Error(`${recordClass.name}.${rule.propertyName}: ${rule.name ?? rule.type} can't be compiled`);
  }
  return storage.getTargetValidatorConstraints(rule.constraintCls).map((constraint) => {
    if (constraint.async) {
      throw new Error(`${recordClass.name}.${rule.propertyName}: ${constraint.name} is asynchronous`);
    }
    return compileConstraint(constraint.instance, recordClass, rule);
  });
}

/**
 * Whether a rule has groups. class-validator leaves `groups` undefined if there are none, although its types do not
 * allow that.
 */
function isGrouped(rule: Rule): boolean {
  return Array.isArray(rule.groups) && rule.groups.length > 0;
}

function compileConstraint(
  validator: ValidatorConstraintInterface,
  recordClass: RecordClass,
  rule: Rule,
): FieldCheck {
  const constraints = rule.constraints as unknown[] | undefined;
  const args: ValidationArguments = {
    value: undefined,
    constraints: constraints ?? [],
    targetName: recordClass.name,
    object: {},
    property: rule.propertyName,
  };
  return (value) => {
    if (validator.validate(value, args) === true) return undefined;
    return message(validator, rule, { ...args, value });
  };
}

function message(validator: ValidatorConstraintInterface, rule: Rule, args: ValidationArguments): string {
  const own = rule.message as Rule['message'] | undefined;
  if (typeof own === 'function') return own(args);
  return own ?? validator.defaultMessage?.(args) ?? 'is not valid';
}
