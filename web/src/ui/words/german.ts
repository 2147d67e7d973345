import { partners } from './german/partners';
import { certificates } from './german/certificates';
import { changes } from './german/changes';
import { convening } from './german/convening';
import { programme } from './german/programme';
import { scheduling } from './german/scheduling';
import { sentences } from './german/sentences';
import { spoken } from './german/spoken';
import { terms } from './german/terms';
import { twin } from './german/twin';

/** The German text of each English one; what is missing here is shown in English. */
export const german: Record<string, string> = { ...spoken, ...programme, ...convening, ...terms, ...scheduling, ...sentences, ...certificates, ...changes, ...partners, ...twin };
