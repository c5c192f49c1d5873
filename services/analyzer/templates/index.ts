export { maskLine } from './mask-line.ts';
export {
  createTemplates,
  type Learned,
  type Template,
  type Templates,
  type TemplatesOptions,
} from './templates.ts';
