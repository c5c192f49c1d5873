import type { LensAttributes } from '../schema/index.ts';
import { kqlToClause } from './kql.ts';

/** A field that a panel uses: as a number, to group or count by, or only to filter. */
export interface UsedField {
  readonly name: string;
  readonly as: 'number' | 'group' | 'filter';
}

/** Every field that a panel needs, by its state alone. */
export function fieldsOfPanel({ state }: LensAttributes): UsedField[] {
  const columns = Object.values(state.datasourceStates.formBased.layers).flatMap((layer) =>
    Object.values(layer.columns),
  );
  const filters = [state.query, ...columns.flatMap((column) => ('filter' in column ? [column.filter] : []))];
  return [
    ...columns.flatMap((column): UsedField[] => {
      switch (column.operationType) {
        case 'count':
        case 'static_value':
          return [];
        case 'terms':
        case 'date_histogram':
        case 'unique_count':
          return [{ name: column.sourceField, as: 'group' }];
        case 'last_value':
          return [
            { name: column.sourceField, as: column.dataType === 'number' ? 'number' : 'group' },
            { name: column.params.sortField, as: 'group' },
          ];
        default:
          return [{ name: column.sourceField, as: 'number' }];
      }
    }),
    ...filters.flatMap((query) =>
      fieldsIn(kqlToClause(query?.query ?? '')).map((name) => ({ name, as: 'filter' as const })),
    ),
  ];
}

function fieldsIn(clause: unknown): string[] {
  if (Array.isArray(clause)) return clause.flatMap(fieldsIn);
  if (typeof clause !== 'object' || clause === null) return [];
  return Object.entries(clause).flatMap(([kind, part]) => {
    if (kind === 'match' || kind === 'match_phrase' || kind === 'range') return Object.keys(part);
    if (kind === 'exists') return [String(part.field)];
    return fieldsIn(part);
  });
}
